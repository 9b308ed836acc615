import { refuse } from '@symbolon/event-sourcing';
import type { Command, Decider } from '@symbolon/event-sourcing';
import type { ConsentEvent } from './events.gen.js';

/** What is published of a purpose at the moment of a command; undefined: it was never published. */
export type PurposeNow = Readonly<{ textVersion: number; basis: string; retired: boolean }> | undefined;

/** What the register of applications says of one at the moment of a command. */
export type ClientNow = 'registered' | 'disabled' | 'unknown';

/** Proof of what was shown to the person: by whom, in which language (BCP 47), when (RFC 3339) and at which page. */
export type Shown = Readonly<{ by: string; language: string; at: string; where: string }>;

/** Scopes at an API that is not ours. */
export type ResourceScopes = Readonly<{ resource: string; scopes: readonly string[] }>;

type Answer = Readonly<{ purpose: string; textVersion: number; clientId: string; purposeNow: PurposeNow; clientNow: ClientNow }>;

/** Commands on what one person allows (`consent-<account id>`). */
export type ConsentCommand =
  | (Command & Answer & Readonly<{ type: 'GrantConsent'; shown: Shown }>)
  | (Command & Answer & Readonly<{ type: 'DeclineConsent' }>)
  | (Command & Readonly<{ type: 'WithdrawConsent'; purpose: string }>)
  | (Command & Readonly<{ type: 'AuthorizeClient'; clientId: string; scopes: readonly string[]; resources: readonly ResourceScopes[]; clientNow: ClientNow }>)
  | (Command & Readonly<{ type: 'WithdrawClientAuthorization'; clientId: string }>);

export type ConsentRefusal =
  | 'consent/unknown_purpose'
  | 'consent/retired_purpose'
  | 'consent/not_a_choice'
  | 'consent/unknown_version'
  | 'consent/older_policy'
  | 'consent/not_granted'
  | 'consent/unknown_client'
  | 'consent/disabled_client'
  | 'consent/not_authorized';

/** What happens on that stream. */
export type PersonalConsentEvent = Extract<ConsentEvent, { type: `Consent${string}` | `Client${string}` }>;

/** What an application may do: `''` stands for OpenID Connect and our own APIs, else the resource. */
type Allowed = ReadonlyMap<string, readonly string[]>;

/** Purpose → text version in force, and the newest that was answered with "not now"; client → what it may do. */
type State = Readonly<{ granted: ReadonlyMap<string, number>; declined: ReadonlyMap<string, number>; authorized: ReadonlyMap<string, Allowed> }>;

const OURS = '';
const put = <V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> => new Map(map).set(key, value);
const drop = <V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> => new Map([...map].filter(([known]) => known !== key));
const allowed = ({ scopes, resources }: Readonly<{ scopes: readonly string[]; resources: readonly ResourceScopes[] }>): Allowed => new Map([[OURS, scopes], ...resources.map((one) => [one.resource, one.scopes] as const)]);
const covers = (held: Allowed | undefined, asked: Allowed): boolean => held !== undefined && [...asked].every(([resource, scopes]) => scopes.every((scope) => held.get(resource)?.includes(scope)));
const union = (held: Allowed, asked: Allowed): Allowed => [...asked].reduce<Allowed>((all, [resource, scopes]) => put(all, resource, [...new Set([...(all.get(resource) ?? []), ...scopes])]), held);

/** Only to the words that are in force: agreeing to a text that nobody wrote would outrank every real one. */
function fault({ textVersion, purposeNow, clientNow }: Answer): ConsentRefusal | undefined {
  if (purposeNow === undefined) return 'consent/unknown_purpose';
  if (purposeNow.retired) return 'consent/retired_purpose';
  if (purposeNow.basis !== 'consent') return 'consent/not_a_choice';
  if (textVersion !== purposeNow.textVersion) return textVersion < purposeNow.textVersion ? 'consent/older_policy' : 'consent/unknown_version';
  return unusable(clientNow);
}

const unusable = (client: ClientNow): ConsentRefusal | undefined => (client === 'registered' ? undefined : client === 'disabled' ? 'consent/disabled_client' : 'consent/unknown_client');

/** The rules of consent (CNS-1 to CNS-5). */
export const consents: Decider<State, ConsentCommand, PersonalConsentEvent, ConsentRefusal> = {
  initial: { granted: new Map(), declined: new Map(), authorized: new Map() },

  evolve: (state, event) => {
    switch (event.type) {
      case 'ConsentGranted':
        return { ...state, granted: put(state.granted, event.data.purpose, event.data.textVersion) };
      case 'ConsentDeclined':
        return { ...state, declined: put(state.declined, event.data.purpose, event.data.textVersion) };
      case 'ConsentWithdrawn':
        return { ...state, granted: drop(state.granted, event.data.purpose) };
      case 'ClientAuthorized':
        return { ...state, authorized: put(state.authorized, event.data.clientId, allowed(event.data)) };
      case 'ClientAuthorizationWithdrawn':
        return { ...state, authorized: drop(state.authorized, event.data.clientId) };
    }
  },

  decide: (command, { granted, declined, authorized }) => {
    switch (command.type) {
      case 'GrantConsent': {
        const wrong = fault(command);
        if (wrong) return refuse(wrong);
        if (granted.get(command.purpose) === command.textVersion) return [];
        const { purpose, textVersion, clientId, shown } = command;
        return [{ type: 'ConsentGranted', data: { purpose, textVersion, clientId, recordedBy: shown.by, shownLanguage: shown.language, shownAt: shown.at, shownWhere: shown.where } }];
      }
      case 'DeclineConsent': {
        const wrong = fault(command);
        if (wrong) return refuse(wrong);
        // "Not now" takes nothing back, and is said once for a text.
        if (granted.get(command.purpose) === command.textVersion || declined.get(command.purpose) === command.textVersion) return [];
        return [{ type: 'ConsentDeclined', data: { purpose: command.purpose, textVersion: command.textVersion, clientId: command.clientId } }];
      }
      case 'WithdrawConsent':
        if (!granted.has(command.purpose)) return refuse('consent/not_granted');
        return [{ type: 'ConsentWithdrawn', data: { purpose: command.purpose } }];
      case 'AuthorizeClient': {
        const wrong = unusable(command.clientNow);
        if (wrong) return refuse(wrong);
        const held = authorized.get(command.clientId);
        if (covers(held, allowed(command))) return [];
        const all = union(held ?? new Map(), allowed(command));
        const resources = [...drop(all, OURS)].map(([resource, scopes]) => ({ resource, scopes }));
        return [{ type: 'ClientAuthorized', data: { clientId: command.clientId, scopes: all.get(OURS) ?? [], resources } }];
      }
      case 'WithdrawClientAuthorization':
        if (!authorized.has(command.clientId)) return refuse('consent/not_authorized');
        return [{ type: 'ClientAuthorizationWithdrawn', data: { clientId: command.clientId } }];
    }
  },
};
