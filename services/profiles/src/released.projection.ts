import { projection, put, remove, table } from '@symbolon/event-sourcing';
import type { Projection } from '@symbolon/event-sourcing';
import { topics } from '@symbolon/events';
import type { AuthenticationPublicEvent, ConsentPublicEvent } from '@symbolon/events';

/** What others decide, as profiles needs it to know whom an attribute is told. All of it comes by the bus. */
export const purposes: Projection<ConsentPublicEvent> = projection<ConsentPublicEvent>('profiles.purposes.v1', { topic: topics.consent }, table('profiles.purposes_v1', ['purpose']), {
  PurposePublished: ({ event: { data } }) => put({ purpose: data.purpose, basis: data.basis, claims: data.claims, text_version: data.textVersion }),
  PurposeRetired: ({ event: { data } }) => remove({ purpose: data.purpose }),
});

/** Live consents, from consent. */
export const consents: Projection<ConsentPublicEvent> = projection<ConsentPublicEvent>('profiles.consents.v1', { topic: topics.consent }, table('profiles.consents_v1', ['subject', 'purpose']), {
  ConsentGranted: ({ metadata, event: { data } }) => put({ subject: metadata.subject ?? '', purpose: data.purpose, text_version: data.textVersion }),
  ConsentWithdrawn: ({ metadata, event: { data } }) => remove({ subject: metadata.subject ?? '', purpose: data.purpose }),
});

/** What each application is registered for, from authentication. */
export const clients: Projection<AuthenticationPublicEvent> = projection<AuthenticationPublicEvent>('profiles.clients.v1', { topic: topics.authentication }, table('profiles.clients_v1', ['client_id']), {
  ClientRegistered: ({ event: { data } }) => put({ client_id: data.clientId, purposes: data.purposes, staff: data.staff }),
});
