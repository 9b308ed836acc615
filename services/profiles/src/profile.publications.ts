import { publication } from '@symbolon/event-sourcing';
import type { Publication } from '@symbolon/event-sourcing';
import { topics } from '@symbolon/events';
import type { ProfilesPublicEvent } from '@symbolon/events';
import type { ProfilesEvent } from './events.gen.js';

/** Attributes for those who release or use them, sealed on their way. */
export const publications: Publication<ProfilesEvent, ProfilesPublicEvent> = publication<ProfilesEvent, ProfilesPublicEvent>('profiles.published.v1', ['profile'], topics.profiles, {
  AttributeSet: ({ event: { data } }) => ({ type: 'AttributeSet', data: { name: data.name, value: data.value, verified: data.verified } }),
  AttributeCleared: ({ event: { data } }) => ({ type: 'AttributeCleared', data: { name: data.name } }),
});
