import { describe, expect, it } from '@jest/globals';
import { apiScopes } from '../oidc/api-scopes.policy.js';
import { mayChange, mayGive, mayOpen, maySee } from './staff.policy.js';

const person = (...roles: string[]) => ({ subject: 'ann', roles, scopes: new Set<string>(apiScopes) });
const machine = (...scopes: string[]) => ({ roles: [], scopes: new Set(scopes) });

describe('whose account it is', () => {
  it.each([
    ['nobody’s role', [], false, false, false],
    ['support', ['support'], true, true, false],
    ['privacy', ['privacy'], true, true, false],
    ['auditor', ['auditor'], true, false, false],
    ['admin', ['admin'], true, true, true],
    ['a role that nobody knows', ['owner'], false, false, false],
  ] as const)('%s: sees accounts, opens names, changes them as the role says, whatever scopes the token has', (_name, roles, see, open, change) => {
    const staff = person(...roles);
    expect([maySee(staff), mayOpen(staff), mayChange(staff)]).toEqual([see, open, change]);
  });

  it('a machine may what its scopes say', () => expect([maySee(machine()), mayOpen(machine()), mayChange(machine())]).toEqual([true, true, true]));
});

describe('a role', () => {
  it('is given by an administrator and by no other role', () => {
    expect(mayGive(person('admin'), 'admin')).toBe(true);
    for (const role of ['support', 'privacy', 'auditor']) expect(mayGive(person(role), 'support')).toBe(false);
  });

  it('abuse 98: is given by a machine that holds all of it, and by no other', () => {
    const support = ['profiles:read', 'profiles:write', 'consent:read', 'consent:write', 'accounts:read'];
    expect(mayGive(machine(...support), 'support')).toBe(true);
    expect(mayGive(machine(...support, 'accounts:write'), 'admin')).toBe(false);
    expect(mayGive(machine('accounts:write'), 'support')).toBe(false);
    expect(mayGive(machine(...apiScopes), 'admin')).toBe(true);
  });
});
