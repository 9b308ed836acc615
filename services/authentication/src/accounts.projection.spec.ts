import { describe, expect, it } from '@jest/globals';
import type { Projection } from '@symbolon/event-sourcing';
import { accounts, roles } from './accounts.projection.js';
import type { AuthenticationEvent } from './events.gen.js';

const at = '2026-02-03T04:05:06.007Z';
const rowsOf = (projection: Projection<AuthenticationEvent>, event: AuthenticationEvent) =>
  projection.on[event.type]?.({ stream: 'account-a1', metadata: { at }, event } as never);

describe('the table of accounts', () => {
  it('keeps email and names as sealed as they come', () => {
    const data = { email: 's1.email', firstName: 's1.first', lastName: 's1.last', locale: 'en', registrationId: 'r1' };
    expect(rowsOf(accounts, { type: 'AccountRegistered', data })).toEqual({ put: { account: 'a1', email: 's1.email', first_name: 's1.first', last_name: 's1.last', locale: 'en', registered_at: at, disabled: false } });
  });
  it('names the password in force', () => expect(rowsOf(accounts, { type: 'PasswordSet', data: { credentialId: 'p2', reason: 'change' } })).toEqual({ put: { account: 'a1', credential_id: 'p2' } }));
  it('says who is disabled, and who no longer is', () => {
    expect(rowsOf(accounts, { type: 'AccountDisabled', data: { reason: 'fraud' } })).toEqual({ put: { account: 'a1', disabled: true } });
    expect(rowsOf(accounts, { type: 'AccountEnabled', data: {} })).toEqual({ put: { account: 'a1', disabled: false } });
  });
  it('has no row for a registration that was abandoned', () => expect(rowsOf(accounts, { type: 'RegistrationAbandoned', data: { registrationId: 'r1' } })).toBeUndefined());
});

describe('the table of roles', () => {
  it('has a row for each role', () => expect(rowsOf(roles, { type: 'RoleAssigned', data: { role: 'support' } })).toEqual({ put: { account: 'a1', role: 'support' } }));
  it('loses the row with the role', () => expect(rowsOf(roles, { type: 'RoleRemoved', data: { role: 'support' } })).toEqual({ remove: { account: 'a1', role: 'support' } }));
});
