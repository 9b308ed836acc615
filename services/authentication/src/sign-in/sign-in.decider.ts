import type { Command, Decider } from '@symbolon/event-sourcing';
import type { AuthenticationEvent } from '../events.gen.js';

/** Stream `signin-<id of the sign-in>`, one event each, so that a thousandth sign-in costs what the first one did: who signed in, where, on what evidence. */
export type RecordSignIn = Command &
  Readonly<{ type: 'RecordSignIn'; clientId: string; acr: string; amr: readonly string[]; address: string; userAgent: string; knownDevice: boolean }>;

type SignedIn = Extract<AuthenticationEvent, { type: 'SignedIn' }>;

/** Nothing is decided here: the fact is written before the session exists. */
export const signIn: Decider<undefined, RecordSignIn, SignedIn, never> = {
  initial: undefined,
  evolve: (state) => state,
  decide: ({ clientId, acr, amr, address, userAgent, knownDevice }) => [{ type: 'SignedIn', data: { clientId, acr, amr: [...amr], address, userAgent, knownDevice } }],
};
