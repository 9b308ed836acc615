import { projection, put, remove, table } from '@symbolon/event-sourcing';
import type { ConsentEvent } from './events.gen.js';

/** What each person agreed to, and to which text. */
export const statuses = projection<ConsentEvent>('consent.statuses.v1', { categories: ['consent'] }, table('consent.statuses_v1', ['subject', 'purpose']), {
  ConsentGranted: ({ metadata, event: { data } }) => put({ subject: metadata.subject ?? '', purpose: data.purpose, text_version: data.textVersion, client_id: data.clientId, since: metadata.at }),
  ConsentWithdrawn: ({ metadata, event: { data } }) => remove({ subject: metadata.subject ?? '', purpose: data.purpose }),
});
