import { describe, expect, it } from '@jest/globals';
import { apiScopes, isPageScope, oidcScopes, oidcScopesOf, rolesFor, scopesElsewhere, scopesOfMachine, scopesOfPerson } from './api-scopes.policy.js';
import type { Registered } from './api-scopes.policy.js';

const everything = (over: Partial<Registered> = {}): Registered => ({ scopes: [...apiScopes, 'openid', 'orders:read'], resources: [], party: 'third', staff: false, ...over });
const OWN = ['profiles:read', 'profiles:write', 'consent:read', 'consent:write'];

describe('scopes of our own APIs (RBC-1)', () => {
  it('let a customer reach their own profile and consents only', () => expect(scopesOfPerson(everything(), [])).toEqual(OWN));
  it('abuse 98: are those of a customer for an administrator too, in an application that staff did not mark', () => expect(scopesOfPerson(everything(), ['admin'])).toEqual(OWN));
  it('abuse 98: are those of a customer for somebody without a role, in an application that staff marked', () => expect(scopesOfPerson(everything({ staff: true }), [])).toEqual(OWN));
  it('add what a role may do, where staff marked the application', () => expect(scopesOfPerson(everything({ staff: true }), ['auditor'])).toEqual([...OWN, 'accounts:read', 'clients:read']));
  it('add nothing for a role that does not exist', () => expect(scopesOfPerson(everything({ staff: true }), ['owner'])).toEqual(OWN));
  it('are never more than what is registered', () => expect(scopesOfPerson(everything({ staff: true, scopes: ['clients:read'] }), ['admin'])).toEqual(['clients:read']));
  it('abuse 99: let applications of ours record consents, and no others', () => {
    expect(scopesOfPerson(everything({ party: 'first' }), [])).toContain('consent:record');
    expect(scopesOfMachine(everything({ party: 'first' }))).toContain('consent:record');
    expect(scopesOfMachine(everything())).not.toContain('consent:record');
  });
  it('are for a machine what it was registered for', () => expect(scopesOfMachine(everything({ scopes: ['clients:write', 'orders:read'] }))).toEqual(['clients:write']));
  it('mean nothing at the API of somebody else', () => expect(scopesElsewhere(everything())).toEqual(['orders:read']));
  it('of our own pages are about the person before them', () => expect(apiScopes.filter(isPageScope)).toEqual([...OWN, 'consent:record']));
});

describe('scopes of OpenID Connect', () => {
  it('abuse 98: are those that the registration names', () => expect(oidcScopesOf({ scopes: ['openid', 'email', 'orders:read'] })).toEqual(['openid', 'email']));
  it('are all of them where it names none', () => expect(oidcScopesOf({ scopes: ['orders:read'] })).toEqual(oidcScopes));
});

describe('roles', () => {
  it('travel in tokens for applications that staff marked', () => expect(rolesFor({ staff: true }, ['admin'])).toEqual(['admin']));
  it('abuse 98: travel in no other token', () => expect(rolesFor({ staff: false }, ['admin'])).toEqual([]));
});
