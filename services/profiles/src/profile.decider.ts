import { refuse } from '@symbolon/event-sourcing';
import type { Command, Decider } from '@symbolon/event-sourcing';
import { mayWrite, usualWriter } from './attributes.policy.js';
import type { AttributeName, Writer } from './attributes.policy.js';
import type { ProfilesEvent } from './events.gen.js';

/** A value to set, or null to clear. */
export type Changes = Readonly<Partial<Record<AttributeName, string | null>>>;

export type ProfileCommand =
  | (Command & Readonly<{ type: 'CreateProfile'; origin: string; values: Readonly<Partial<Record<AttributeName, string>>>; verified: Readonly<Partial<Record<AttributeName, string>>> }>)
  | (Command & Readonly<{ type: 'ChangeAttributes'; by: 'customer' | 'organisation'; changes: Changes }>)
  | (Command & Readonly<{ type: 'ChangeRight'; name: AttributeName; writableBy: Writer }>);

export type ProfileRefusal = 'profiles/unknown_profile' | 'profiles/not_writable';

type State = Readonly<{ created: boolean; values: ReadonlyMap<string, string>; rights: ReadonlyMap<string, Writer> }>;

const entries = (record: Changes): [AttributeName, string | null][] => Object.entries(record) as [AttributeName, string | null][];

/** The rules of one person's profile (`profile-<account id>`). */
export const profile: Decider<State, ProfileCommand, ProfilesEvent, ProfileRefusal> = {
  initial: { created: false, values: new Map(), rights: new Map() },

  evolve: (state, event) => {
    switch (event.type) {
      case 'ProfileCreated':
        return { ...state, created: true };
      case 'AttributeSet':
        return { ...state, values: new Map(state.values).set(event.data.name, event.data.value) };
      case 'AttributeCleared':
        return { ...state, values: new Map([...state.values].filter(([name]) => name !== event.data.name)) };
      case 'AttributeRightChanged':
        return { ...state, rights: new Map(state.rights).set(event.data.name, event.data.writableBy as Writer) };
    }
  },

  decide: (command, { created, values, rights }) => {
    if (command.type === 'CreateProfile') {
      if (created) return [];
      const set = entries(command.values).filter(([, value]) => value !== null && value !== '');
      return [{ type: 'ProfileCreated', data: { origin: command.origin } }, ...set.map(([name, value]) => ({ type: 'AttributeSet' as const, data: { name, value: value!, setBy: 'registration', verified: command.verified[name] ?? 'none' } }))];
    }
    if (!created) return refuse('profiles/unknown_profile');
    if (command.type === 'ChangeRight') {
      return (rights.get(command.name) ?? usualWriter(command.name)) === command.writableBy ? [] : [{ type: 'AttributeRightChanged', data: { name: command.name, writableBy: command.writableBy } }];
    }
    const changed = entries(command.changes).filter(([name, value]) => (values.get(name) ?? null) !== value);
    if (changed.some(([name]) => !mayWrite(rights.get(name) ?? usualWriter(name), command.by))) return refuse('profiles/not_writable');
    return changed.map(([name, value]) =>
      value === null ? { type: 'AttributeCleared' as const, data: { name, clearedBy: command.by } } : { type: 'AttributeSet' as const, data: { name, value, setBy: command.by, verified: 'none' } },
    );
  },
};
