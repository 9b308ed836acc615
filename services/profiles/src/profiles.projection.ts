import { projection, put, table } from '@symbolon/event-sourcing';
import type { ProfilesEvent } from './events.gen.js';

/** Which profiles there are. */
export const profilesThere = projection<ProfilesEvent>('profiles.profiles.v1', { categories: ['profile'] }, table('profiles.profiles_v1', ['subject']), {
  ProfileCreated: ({ metadata, event: { data } }) => put({ subject: metadata.subject ?? '', origin: data.origin, created_at: metadata.at }),
});
