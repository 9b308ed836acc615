import { publication } from '@symbolon/event-sourcing';
import { topics } from '@symbolon/events';
import type { AuthenticationPublicEvent } from '@symbolon/events';
import type { AuthenticationEvent } from './events.gen.js';

/** What others may rely on: who registered, who can no longer sign in, who signed in where, and whose tokens are worth nothing any more. */
export const publications = publication<AuthenticationEvent, AuthenticationPublicEvent>('authentication.published.v1', ['account', 'signin'], topics.authentication, {
  AccountRegistered: ({ event: { data } }) => ({ type: 'AccountRegistered', data: { email: data.email, firstName: data.firstName, lastName: data.lastName, locale: data.locale } }),
  AccountDisabled: ({ event: { data } }) => ({ type: 'AccountDisabled', data: { reason: data.reason } }),
  AccountEnabled: () => ({ type: 'AccountEnabled', data: {} }),
  AccessRevoked: ({ event: { data } }) => ({ type: 'AccessRevoked', data: { epoch: data.epoch } }),
  // One of an older version does not say its hash: its tokens ended long ago.
  SessionEnded: ({ event: { data } }) => (data.session === '' ? undefined : { type: 'SessionEnded', data: { session: data.session } }),
  SignedIn: ({ event: { data } }) => ({ type: 'SignedIn', data: { clientId: data.clientId, acr: data.acr, amr: data.amr } }),
});

type Registration = Extract<AuthenticationEvent, { type: 'ClientCreated' }>;

const registered = (stream: string, { party, purposes, staff }: Registration['data']): AuthenticationPublicEvent => ({ type: 'ClientRegistered', data: { clientId: stream.slice('client-'.length), party, purposes, staff } });

/** What applications are registered for, and whose tokens are worth nothing any more. A publication of its own, so that it begins at the start of logs that are older than it. */
export const clientPublications = publication<AuthenticationEvent, AuthenticationPublicEvent>('authentication.clients-published.v1', ['client'], topics.authentication, {
  ClientCreated: ({ stream, event: { data } }) => registered(stream, data),
  ClientChanged: ({ stream, event: { data } }) => registered(stream, data),
  ClientDisabled: ({ stream }) => ({ type: 'ClientDisabled', data: { clientId: stream.slice('client-'.length) } }),
});
