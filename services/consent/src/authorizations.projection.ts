import { projection, put, remove, table } from '@symbolon/event-sourcing';
import type { ConsentEvent } from './events.gen.js';

/** What each person allowed which application. */
export const authorizations = projection<ConsentEvent>('consent.authorizations.v1', { categories: ['consent'] }, table('consent.authorizations_v1', ['subject', 'client_id']), {
  ClientAuthorized: ({ metadata, event: { data } }) => put({ subject: metadata.subject ?? '', client_id: data.clientId, scopes: data.scopes, resources: Object.fromEntries(data.resources.map(({ resource, scopes }) => [resource, scopes])), since: metadata.at }),
  ClientAuthorizationWithdrawn: ({ metadata, event: { data } }) => remove({ subject: metadata.subject ?? '', client_id: data.clientId }),
});
