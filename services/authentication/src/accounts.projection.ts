import { projection, put, remove, table } from '@symbolon/event-sourcing';
import type { AuthenticationEvent } from './events.gen.js';

const idOf = (stream: string): string => stream.slice('account-'.length);

/** Accounts as a sign-in reads them. Email and names stay sealed. */
export const accounts = projection<AuthenticationEvent>('authentication.accounts.v1', { categories: ['account'] }, table('authentication.accounts_v1', ['account']), {
  AccountRegistered: ({ stream, metadata, event: { data } }) =>
    put({ account: idOf(stream), email: data.email, first_name: data.firstName, last_name: data.lastName, locale: data.locale, registered_at: metadata.at, disabled: false }),
  PasswordSet: ({ stream, event }) => put({ account: idOf(stream), credential_id: event.data.credentialId }),
  AccessRevoked: ({ stream, event }) => put({ account: idOf(stream), epoch: event.data.epoch }),
  AccountDisabled: ({ stream }) => put({ account: idOf(stream), disabled: true }),
  AccountEnabled: ({ stream }) => put({ account: idOf(stream), disabled: false }),
});

/** Who may do what with the data of others. */
export const roles = projection<AuthenticationEvent>('authentication.roles.v1', { categories: ['account'] }, table('authentication.roles_v1', ['account', 'role']), {
  RoleAssigned: ({ stream, event }) => put({ account: idOf(stream), role: event.data.role }),
  RoleRemoved: ({ stream, event }) => remove({ account: idOf(stream), role: event.data.role }),
});
