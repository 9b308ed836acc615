import { reaction } from '@symbolon/event-sourcing';
import type { Reaction } from '@symbolon/event-sourcing';
import { topics } from '@symbolon/events';
import type { AuthenticationPublicEvent } from '@symbolon/events';
import { profile } from './profile.decider.js';
import type { ProfileCommand } from './profile.decider.js';

/** Somebody registered: their profile begins with what they typed. */
export const registrations: Reaction<AuthenticationPublicEvent, ProfileCommand> = reaction<AuthenticationPublicEvent, ProfileCommand>('profiles.registrations.v1', { topic: topics.authentication }, profile, {
  AccountRegistered: ({ metadata: { subject }, event: { data } }) =>
    subject === undefined
      ? undefined
      : {
          stream: `profile-${subject}`,
          command: { type: 'CreateProfile', origin: 'registration', values: { email: data.email, first_name: data.firstName, last_name: data.lastName, locale: data.locale }, verified: { email: 'mailed_code' } },
          cause: { subject },
        },
});
