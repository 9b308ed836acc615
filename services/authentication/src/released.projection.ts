import { projection, put, remove, table } from '@symbolon/event-sourcing';
import { topics } from '@symbolon/events';
import type { ConsentPublicEvent, ProfilesPublicEvent } from '@symbolon/events';
import type { Metadata, Projection } from '@symbolon/event-sourcing';

/** What others own, as authentication needs it when it releases claims. All of it comes by the bus; values stay sealed. */
const subjectOf = ({ subject = '' }: Metadata): string => subject;

/** Attributes of people, from profiles. */
export const claims: Projection<ProfilesPublicEvent> = projection<ProfilesPublicEvent>('authentication.claims.v1', { topic: topics.profiles }, table('authentication.claims_v1', ['subject', 'attribute']), {
  AttributeSet: ({ metadata, event }) => put({ subject: subjectOf(metadata), attribute: event.data.name, value: event.data.value }),
  AttributeCleared: ({ metadata, event }) => remove({ subject: subjectOf(metadata), attribute: event.data.name }),
});

/** Live consents, from consent. */
export const consents: Projection<ConsentPublicEvent> = projection<ConsentPublicEvent>('authentication.consents.v1', { topic: topics.consent }, table('authentication.consents_v1', ['subject', 'purpose']), {
  ConsentGranted: ({ metadata, event }) => put({ subject: subjectOf(metadata), purpose: event.data.purpose, text_version: event.data.textVersion }),
  ConsentWithdrawn: ({ metadata, event }) => remove({ subject: subjectOf(metadata), purpose: event.data.purpose }),
});

/** To which text of a purpose each person last said yes or no, from consent: a withdrawal leaves it, for nobody is asked again who took their yes back. */
export const answers: Projection<ConsentPublicEvent> = projection<ConsentPublicEvent>('authentication.answers.v1', { topic: topics.consent }, table('authentication.answers_v1', ['subject', 'purpose']), {
  ConsentGranted: ({ metadata, event }) => put({ subject: subjectOf(metadata), purpose: event.data.purpose, text_version: event.data.textVersion }),
  ConsentDeclined: ({ metadata, event }) => put({ subject: subjectOf(metadata), purpose: event.data.purpose, text_version: event.data.textVersion }),
});

/** Purposes in force, from consent. */
export const purposes: Projection<ConsentPublicEvent> = projection<ConsentPublicEvent>('authentication.purposes.v1', { topic: topics.consent }, table('authentication.purposes_v1', ['purpose']), {
  PurposePublished: ({ event }) => put({ purpose: event.data.purpose, basis: event.data.basis, claims: event.data.claims, text_version: event.data.textVersion, title: event.data.title, text: event.data.text }),
  PurposeRetired: ({ event }) => remove({ purpose: event.data.purpose }),
});

/** What people allowed applications for good, from consent. */
export const authorizations: Projection<ConsentPublicEvent> = projection<ConsentPublicEvent>('authentication.authorizations.v1', { topic: topics.consent }, table('authentication.authorizations_v1', ['subject', 'client_id']), {
  ClientAuthorized: ({ metadata, event }) => put({ subject: subjectOf(metadata), client_id: event.data.clientId, scopes: event.data.scopes, resources: Object.fromEntries(event.data.resources.map(({ resource, scopes }) => [resource, scopes])), since: metadata.at }),
  ClientAuthorizationWithdrawn: ({ metadata, event }) => remove({ subject: subjectOf(metadata), client_id: event.data.clientId }),
});
