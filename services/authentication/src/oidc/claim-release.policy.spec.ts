import { describe, expect, it } from '@jest/globals';
import { releasable } from './claim-release.policy.js';

const profile = (live: boolean) => [{ id: 'profile', basis: 'consent', claims: ['given_name'], live }];
const release = (scope: boolean, declared: boolean, live: boolean) => releasable(new Set(scope ? ['profile'] : ['openid']), declared ? ['profile'] : ['account'], profile(live)).has('given_name');

describe('release of claims (CNS-1, CNS-5, CNS-7)', () => {
  it.each([
    [true, true, true, true],
    [false, true, true, false],
    [true, false, true, false],
    [true, true, false, false],
    [false, false, true, false],
    [false, true, false, false],
    [true, false, false, false],
    [false, false, false, false],
  ])('with scope %s, declared purpose %s and live basis %s is %s', (scope, declared, live, released) => expect(release(scope, declared, live)).toBe(released));

  it('needs no consent where the basis is a contract', () =>
    expect(releasable(new Set(['email']), ['account'], [{ id: 'account', basis: 'contract', claims: ['email'], live: false }]).has('email')).toBe(true));
  it.each([
    ['profile email', ['account'], true],
    ['profile', ['account'], false],
    ['email', ['account'], false],
    ['profile email', ['profile'], false],
  ])('names the user by the e-mail address only where that is released too: scope %s, purposes %s: %s', (scope, declared, released) => {
    const purposes = [{ id: 'account', basis: 'contract', claims: ['email'], live: false }, ...profile(true)];
    expect(releasable(new Set(scope.split(' ')), declared, purposes).has('preferred_username')).toBe(released);
  });
  it('denies a claim that no purpose covers', () => expect(releasable(new Set(['profile']), ['profile'], profile(true)).has('locale')).toBe(false));
});
