import { describe, it } from '@jest/globals';
import { specification } from '@symbolon/event-sourcing';
import { account } from './account.decider.js';
import type { AccountCommand } from './account.decider.js';
import type { AuthenticationEvent } from './events.gen.js';

const given = specification(account);
const base = { id: '0b0a5c1e-2c44-4f1c-9d5f-3d1d35d4a001', at: '2026-02-03T04:05:06.007Z' };
const ann = { email: 'ann@example.com', firstName: 'Ann', lastName: 'Arbor', locale: 'en', registrationId: 'r1' };

const register: AccountCommand = { ...base, type: 'RegisterAccount', ...ann, credentialId: 'p1' };
const abandon: AccountCommand = { ...base, type: 'AbandonRegistration', registrationId: 'r1' };
const role = (type: 'AssignRole' | 'RemoveRole', name: string): AccountCommand => ({ ...base, type, role: name });
const setPassword = (credentialId: string): AccountCommand => ({ ...base, type: 'SetPassword', credentialId, reason: 'change' });

const registered: AuthenticationEvent = { type: 'AccountRegistered', data: ann };
const abandoned: AuthenticationEvent = { type: 'RegistrationAbandoned', data: { registrationId: 'r1' } };
const passwordSet = (credentialId: string, reason: string): AuthenticationEvent => ({ type: 'PasswordSet', data: { credentialId, reason } });
const disabled: AuthenticationEvent = { type: 'AccountDisabled', data: { reason: 'fraud' } };
const assigned = (name: string): AuthenticationEvent => ({ type: 'RoleAssigned', data: { role: name } });

describe('a registration', () => {
  it('makes the account and its password at once', () => given().when(register).then(registered, passwordSet('p1', 'registration')));
  it('is refused where the account is there', () => given(registered).when(register).refused('authentication/account_exists'));
  it('is refused once it was abandoned', () => given(abandoned).when(register).refused('authentication/registration_abandoned'));
  it('is abandoned where there is no account', () => given().when(abandon).then(abandoned));
  it('is abandoned once', () => given(abandoned).when(abandon).nothing());
  it('is not abandoned when the account was quicker', () => given(registered).when(abandon).refused('authentication/account_exists'));
});

describe('an account', () => {
  it('has its password set to another credential', () => given(registered, passwordSet('p1', 'registration')).when(setPassword('p2')).then(passwordSet('p2', 'change')));
  it('changes nothing when the credential is the one in force', () => given(registered, passwordSet('p1', 'registration')).when(setPassword('p1')).nothing());
  it('has no password without being registered', () => given(abandoned).when(setPassword('p1')).refused('authentication/unknown_account'));
  it('is disabled once', () => given(registered, disabled).when({ ...base, type: 'DisableAccount', reason: 'again' }).nothing());
  it('is disabled with a reason', () => given(registered).when({ ...base, type: 'DisableAccount', reason: 'fraud' }).then(disabled));
  it('is enabled when it was disabled', () => given(registered, disabled).when({ ...base, type: 'EnableAccount' }).then({ type: 'AccountEnabled', data: {} }));
  it('is not enabled when it never was disabled', () => given(registered).when({ ...base, type: 'EnableAccount' }).nothing());
  it('gets a role', () => given(registered).when(role('AssignRole', 'support')).then(assigned('support')));
  it('gets a role once', () => given(registered, assigned('support')).when(role('AssignRole', 'support')).nothing());
  it('loses a role that it has', () => given(registered, assigned('support')).when(role('RemoveRole', 'support')).then({ type: 'RoleRemoved', data: { role: 'support' } }));
  it('gets a role again after losing it', () => given(registered, assigned('support'), { type: 'RoleRemoved', data: { role: 'support' } }).when(role('AssignRole', 'support')).then(assigned('support')));
  it('loses nothing that it does not have', () => given(registered).when(role('RemoveRole', 'support')).nothing());
  it('gets no role that nobody knows', () => given(registered).when(role('AssignRole', 'owner')).refused('authentication/unknown_role'));
  it('gets no role before it is registered', () => given().when(role('AssignRole', 'admin')).refused('authentication/unknown_account'));
  it('is not changed by what happened to its sessions', () => given(registered, { type: 'SessionEnded', data: { sessionUid: 's', reason: 'sign_out' } }).when(role('AssignRole', 'admin')).then(assigned('admin')));
});
