import { describe, expect, it } from '@jest/globals';
import { isPrivileged, mayMark } from './granting.policy.js';

describe('the mark of staff', () => {
  it('is set by an administrator and by the operator', () => {
    expect(mayMark({ subject: 'a1', client: 'c_console', roles: ['admin'] }, 'c_operator')).toBe(true);
    expect(mayMark({ client: 'c_operator', roles: [] }, 'c_operator')).toBe(true);
  });
  it.each([
    ['a machine that may register applications', { client: 'c_1', roles: [] }],
    ['another role', { subject: 'a1', client: 'c_console', roles: ['support', 'privacy', 'auditor'] }],
    ['a person in the name of the operator', { subject: 'a1', client: 'c_operator', roles: [] }],
  ])('abuse 98: is not set by %s', (_, caller) => expect(mayMark(caller, 'c_operator')).toBe(false));
  it('and the right to record consents make an application one that only they may change', () => {
    expect(isPrivileged({ staff: true, scopes: [] })).toBe(true);
    expect(isPrivileged({ staff: false, scopes: ['consent:record'] })).toBe(true);
    expect(isPrivileged({ staff: false, scopes: ['clients:write'] })).toBe(false);
  });
});
