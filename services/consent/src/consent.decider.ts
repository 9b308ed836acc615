import { refuse } from '@symbolon/event-sourcing';
import type { Command, Decider } from '@symbolon/event-sourcing';
import type { ConsentEvent } from './events.gen.js';

/** Commands on what one person allows (`consent-<account id>`). */
export type ConsentCommand =
  | (Command & Readonly<{ type: 'GrantConsent'; purpose: string; textVersion: number; clientId: string }>)
  | (Command & Readonly<{ type: 'WithdrawConsent'; purpose: string }>)
  | (Command & Readonly<{ type: 'AuthorizeClient'; clientId: string; scopes: readonly string[] }>)
  | (Command & Readonly<{ type: 'WithdrawClientAuthorization'; clientId: string }>);

export type ConsentRefusal = 'consent/older_policy' | 'consent/not_granted' | 'consent/not_authorized';

/** What happens on that stream. */
export type PersonalConsentEvent = Extract<ConsentEvent, { type: `Consent${string}` | `Client${string}` }>;

/** Purpose → text version in force; client → scopes. `newest` remembers versions over withdrawals: an older text never comes back. */
type State = Readonly<{ granted: ReadonlyMap<string, number>; newest: ReadonlyMap<string, number>; authorized: ReadonlyMap<string, readonly string[]> }>;

const put = <V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> => new Map(map).set(key, value);
const drop = <V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> => new Map([...map].filter(([known]) => known !== key));
const covers = (held: readonly string[] | undefined, asked: readonly string[]): boolean => held !== undefined && asked.every((scope) => held.includes(scope));

/** The rules of consent (CNS-1 to CNS-5). */
export const consents: Decider<State, ConsentCommand, PersonalConsentEvent, ConsentRefusal> = {
  initial: { granted: new Map(), newest: new Map(), authorized: new Map() },

  evolve: (state, event) => {
    switch (event.type) {
      case 'ConsentGranted':
        return { ...state, granted: put(state.granted, event.data.purpose, event.data.textVersion), newest: put(state.newest, event.data.purpose, event.data.textVersion) };
      case 'ConsentWithdrawn':
        return { ...state, granted: drop(state.granted, event.data.purpose) };
      case 'ClientAuthorized':
        return { ...state, authorized: put(state.authorized, event.data.clientId, event.data.scopes) };
      case 'ClientAuthorizationWithdrawn':
        return { ...state, authorized: drop(state.authorized, event.data.clientId) };
    }
  },

  decide: (command, { granted, newest, authorized }) => {
    switch (command.type) {
      case 'GrantConsent':
        if (granted.get(command.purpose) === command.textVersion) return [];
        if ((newest.get(command.purpose) ?? 0) > command.textVersion) return refuse('consent/older_policy');
        return [{ type: 'ConsentGranted', data: { purpose: command.purpose, textVersion: command.textVersion, clientId: command.clientId } }];
      case 'WithdrawConsent':
        if (!granted.has(command.purpose)) return refuse('consent/not_granted');
        return [{ type: 'ConsentWithdrawn', data: { purpose: command.purpose } }];
      case 'AuthorizeClient': {
        const held = authorized.get(command.clientId);
        if (covers(held, command.scopes)) return [];
        return [{ type: 'ClientAuthorized', data: { clientId: command.clientId, scopes: [...new Set([...(held ?? []), ...command.scopes])] } }];
      }
      case 'WithdrawClientAuthorization':
        if (!authorized.has(command.clientId)) return refuse('consent/not_authorized');
        return [{ type: 'ClientAuthorizationWithdrawn', data: { clientId: command.clientId } }];
    }
  },
};
