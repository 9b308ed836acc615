import { endedSessions, revocations } from '@symbolon/web';
import type { Service } from '@symbolon/web';
import { authorizations } from './authorizations.projection.js';
import { consentModule } from './consent.module.js';
import { publications } from './consent.publications.js';
import { file_symbolon_consent_v1_events } from './events.gen.js';
import type { ConsentEvent } from './events.gen.js';
import { purposes } from './purposes.projection.js';
import { publishShipped } from './shipped-purposes.js';
import { statuses } from './statuses.projection.js';

/** Purposes and their texts, consents, and what people allow applications. */
export const consent: Service<ConsentEvent> = {
  name: 'consent',
  migrations: new URL('../migrations/', import.meta.url),
  categories: ['consent', 'purpose'],
  events: file_symbolon_consent_v1_events,
  subscriptions: [statuses, authorizations, purposes, publications, ...revocations('consent')],
  wire: async (ports) => ({ module: consentModule(ports), workers: [endedSessions(ports.database, 'consent')] }),
  seed: publishShipped,
};
