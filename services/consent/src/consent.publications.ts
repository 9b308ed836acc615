import { publication } from '@symbolon/event-sourcing';
import type { Publication } from '@symbolon/event-sourcing';
import { topics } from '@symbolon/events';
import type { ConsentPublicEvent } from '@symbolon/events';
import type { ConsentEvent } from './events.gen.js';

/** Nearly all of it is promised: whoever acts on data must know what it may be used for. The proof of a consent stays here. */
export const publications: Publication<ConsentEvent, ConsentPublicEvent> = publication<ConsentEvent, ConsentPublicEvent>('consent.published.v1', ['consent', 'purpose'], topics.consent, {
  PurposePublished: ({ event: { data } }) => ({ type: 'PurposePublished', data }),
  PurposeRetired: ({ event: { data } }) => ({ type: 'PurposeRetired', data }),
  ConsentGranted: ({ event: { data: { purpose, textVersion, clientId } } }) => ({ type: 'ConsentGranted', data: { purpose, textVersion, clientId } }),
  ConsentDeclined: ({ event: { data } }) => ({ type: 'ConsentDeclined', data }),
  ConsentWithdrawn: ({ event: { data } }) => ({ type: 'ConsentWithdrawn', data }),
  ClientAuthorized: ({ event: { data } }) => ({ type: 'ClientAuthorized', data }),
  ClientAuthorizationWithdrawn: ({ event: { data } }) => ({ type: 'ClientAuthorizationWithdrawn', data }),
});
