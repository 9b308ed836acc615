import { refuse } from '@symbolon/event-sourcing';
import type { Command, Decider } from '@symbolon/event-sourcing';
import type { ConsentEvent } from './events.gen.js';

/** What happens to one purpose (`purpose-<id>`). */
export type PurposeEvent = Extract<ConsentEvent, { type: `Purpose${string}` }>;
type Published = Extract<PurposeEvent, { type: 'PurposePublished' }>['data'];

export type PurposeCommand = (Command & Readonly<{ type: 'PublishPurpose'; purpose: Published }>) | (Command & Readonly<{ type: 'RetirePurpose' }>);
export type PurposeRefusal = 'consent/older_text' | 'consent/text_changed_without_version' | 'consent/basis_is_fixed' | 'consent/unknown_purpose' | 'consent/account_needs_it';

/** Without it no application learns whose account it is, and nobody could sign in anywhere. */
const NEEDED = 'account';

type State = Readonly<{ inForce?: Published; newest: number; basis?: string }>;

const same = (a: Published, b: Published): boolean => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

/** A purpose has one legal basis for its life, and texts with growing versions: what people agreed to is never changed under them. */
export const purpose: Decider<State, PurposeCommand, PurposeEvent, PurposeRefusal> = {
  initial: { newest: 0 },

  evolve: (state, event) => {
    switch (event.type) {
      case 'PurposePublished':
        return { inForce: event.data, newest: event.data.textVersion, basis: event.data.basis };
      case 'PurposeRetired':
        return { newest: state.newest, basis: state.basis };
    }
  },

  decide: (command, { inForce, newest, basis }) => {
    switch (command.type) {
      case 'PublishPurpose': {
        const { purpose: asked } = command;
        if (inForce && same(inForce, asked)) return [];
        if (basis !== undefined && basis !== asked.basis) return refuse('consent/basis_is_fixed');
        if (asked.textVersion < newest) return refuse('consent/older_text');
        if (asked.textVersion === newest) return refuse('consent/text_changed_without_version');
        return [{ type: 'PurposePublished', data: asked }];
      }
      case 'RetirePurpose':
        if (inForce?.purpose === NEEDED) return refuse('consent/account_needs_it');
        return inForce ? [{ type: 'PurposeRetired', data: { purpose: inForce.purpose } }] : refuse('consent/unknown_purpose');
    }
  },
};
