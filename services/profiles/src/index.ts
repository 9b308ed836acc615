import { endedSessions, revocations } from '@symbolon/web';
import type { Service } from '@symbolon/web';
import { attributes } from './attributes.projection.js';
import { file_symbolon_profiles_v1_events } from './events.gen.js';
import type { ProfilesEvent } from './events.gen.js';
import { publications } from './profile.publications.js';
import { profilesModule } from './profiles.module.js';
import { profilesThere } from './profiles.projection.js';
import { clients, consents, purposes } from './released.projection.js';
import { registrations } from './registration.reactions.js';

/** Attributes of people, with provenance and a right to write each. */
export const profiles: Service<ProfilesEvent> = {
  name: 'profiles',
  migrations: new URL('../migrations/', import.meta.url),
  categories: ['profile'],
  events: file_symbolon_profiles_v1_events,
  subscriptions: [attributes, profilesThere, registrations, purposes, consents, clients, publications, ...revocations('profiles')],
  wire: async (ports) => ({ module: profilesModule(ports), workers: [endedSessions(ports.database, 'profiles')] }),
};
