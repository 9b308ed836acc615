import { describe, it } from '@jest/globals';
import { specification } from '@symbolon/event-sourcing';
import { account } from './account.decider.js';
import type { AccountCommand, RestsOnProof } from './account.decider.js';
import type { AuthenticationEvent } from './events.gen.js';

const given = specification(account);
const base = { id: '0b0a5c1e-2c44-4f1c-9d5f-3d1d35d4a001', at: '2026-02-03T04:05:06.007Z' };
const ann = { email: 'ann@example.com', firstName: 'Ann', lastName: 'Arbor', locale: 'en', registrationId: 'r1' };

const register: AccountCommand = { ...base, type: 'RegisterAccount', ...ann, credentialId: 'p1' };
const abandon: AccountCommand = { ...base, type: 'AbandonRegistration', registrationId: 'r1' };
const role = (type: 'AssignRole' | 'RemoveRole', name: string): AccountCommand => ({ ...base, type, role: name });
const setPassword = (credentialId: string, restsOn?: RestsOnProof): AccountCommand => ({ ...base, type: 'SetPassword', credentialId, reason: 'change', ...(restsOn ? { restsOn } : {}) });
const recover = (credentialId: string): AccountCommand => ({ ...base, type: 'SetPassword', credentialId, reason: 'recovery' });
const endAll = (restsOn: RestsOnProof): AccountCommand => ({ ...base, type: 'RevokeAccess', restsOn });

const registered: AuthenticationEvent = { type: 'AccountRegistered', data: ann };
const abandoned: AuthenticationEvent = { type: 'RegistrationAbandoned', data: { registrationId: 'r1' } };
const passwordSet = (credentialId: string, reason: string): AuthenticationEvent => ({ type: 'PasswordSet', data: { credentialId, reason } });
const revoked = (epoch: number, reason: string): AuthenticationEvent => ({ type: 'AccessRevoked', data: { epoch, reason } });
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
  it('has its password set to another credential', () => given(registered, passwordSet('p1', 'registration')).when(setPassword('p2')).then(passwordSet('p2', 'change'), revoked(1, 'change')));
  it('changes nothing when the credential is the one in force', () => given(registered, passwordSet('p1', 'registration')).when(setPassword('p1')).nothing());
  it('has no password without being registered', () => given(abandoned).when(setPassword('p1')).refused('authentication/unknown_account'));
  it('is disabled once', () => given(registered, disabled).when({ ...base, type: 'DisableAccount', reason: 'again' }).nothing());
  it('is disabled with a reason', () => given(registered).when({ ...base, type: 'DisableAccount', reason: 'fraud' }).then(disabled, revoked(1, 'disabled')));
  it('is enabled when it was disabled', () => given(registered, disabled).when({ ...base, type: 'EnableAccount' }).then({ type: 'AccountEnabled', data: {} }));
  it('is not enabled when it never was disabled', () => given(registered).when({ ...base, type: 'EnableAccount' }).nothing());
  it('gets a role', () => given(registered).when(role('AssignRole', 'support')).then(assigned('support')));
  it('gets a role once', () => given(registered, assigned('support')).when(role('AssignRole', 'support')).nothing());
  it('loses a role that it has, and with it every token that carries it', () => given(registered, assigned('support')).when(role('RemoveRole', 'support')).then({ type: 'RoleRemoved', data: { role: 'support' } }, revoked(1, 'administration')));
  it('gets a role again after losing it', () => given(registered, assigned('support'), { type: 'RoleRemoved', data: { role: 'support' } }).when(role('AssignRole', 'support')).then(assigned('support')));
  it('loses nothing that it does not have', () => given(registered).when(role('RemoveRole', 'support')).nothing());
  it('gets no role that nobody knows', () => given(registered).when(role('AssignRole', 'owner')).refused('authentication/unknown_role'));
  it('gets no role before it is registered', () => given().when(role('AssignRole', 'admin')).refused('authentication/unknown_account'));
  it('is not changed by what happened to its sessions', () => given(registered, { type: 'SessionEnded', data: { sessionUid: 's', reason: 'sign_out', session: 'h' } }).when(role('AssignRole', 'admin')).then(assigned('admin')));
});

describe('what rests on a proof', () => {
  const ann = [registered, passwordSet('p1', 'registration')] as const;
  it('is worth nothing after a recovery', () => given(...ann).when(recover('p2')).then(passwordSet('p2', 'recovery'), revoked(1, 'recovery')));
  it('is worth nothing after its owner ended it', () => given(...ann).when(endAll({ credentialId: 'p1', epoch: 0 })).then(revoked(1, 'sessions')));
  it('is counted: each revocation is an epoch of its own', () => given(...ann, revoked(1, 'sessions'), revoked(2, 'sessions')).when(recover('p2')).then(passwordSet('p2', 'recovery'), revoked(3, 'recovery')));
  it('abuse 56: changes no password when a recovery came between', () => given(...ann, passwordSet('p2', 'recovery'), revoked(1, 'recovery')).when(setPassword('p3', { credentialId: 'p1', epoch: 0 })).refused('authentication/superseded'));
  it('changes no password when its owner ended it meanwhile', () => given(...ann, revoked(1, 'sessions')).when(setPassword('p2', { credentialId: 'p1', epoch: 0 })).refused('authentication/superseded'));
  it('changes no password when another credential is in force, whatever the epoch', () => given(...ann).when(setPassword('p2', { credentialId: 'p0', epoch: 0 })).refused('authentication/superseded'));
  it('is worth nothing after staff ended it, whatever the owner did meanwhile', () => given(...ann, passwordSet('p2', 'change'), revoked(1, 'change')).when({ ...base, type: 'RevokeAccess' }).then(revoked(2, 'administration')));
  it('has nobody to end it for without an account', () => given().when({ ...base, type: 'RevokeAccess' }).refused('authentication/unknown_account'));
  it('changes the password as long as it counts', () => given(...ann, revoked(1, 'sessions')).when(setPassword('p2', { credentialId: 'p1', epoch: 1 })).then(passwordSet('p2', 'change'), revoked(2, 'change')));
  it('does not end others when it was ended itself', () => given(...ann, revoked(1, 'sessions')).when(endAll({ credentialId: 'p1', epoch: 0 })).refused('authentication/superseded'));
  it('abuse 56: a recovery rests on the mailbox, whatever a session did meanwhile', () => given(...ann, passwordSet('p2', 'change'), revoked(1, 'change')).when(recover('p3')).then(passwordSet('p3', 'recovery'), revoked(2, 'recovery')));
});
