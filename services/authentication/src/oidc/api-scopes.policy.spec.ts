import { describe, expect, it } from '@jest/globals';
import { scopesOfRoles } from './api-scopes.policy.js';

describe('scopes of our own APIs (RBC-1)', () => {
  it('let a customer reach their own profile and consents only', () => expect(scopesOfRoles([])).toEqual(['profiles:read', 'profiles:write', 'consent:read', 'consent:write']));
  it('add what a role may do', () => expect(scopesOfRoles(['auditor'])).toContain('clients:read'));
  it('add nothing for a role that does not exist', () => expect(scopesOfRoles(['owner'])).toEqual(scopesOfRoles([])));
});
