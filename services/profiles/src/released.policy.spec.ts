import { describe, expect, it } from '@jest/globals';
import { isReleased, seesAll } from './released.policy.js';

const profile = (live: boolean) => [{ purpose: 'profile', claims: ['given_name', 'family_name'], live }];

describe('an attribute at our own API (CNS-1, CNS-5)', () => {
  it.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
    [false, false, false],
  ])('abuse 99: with declared purpose %s and live basis %s is told: %s', (declared, live, told) => expect(isReleased('first_name', declared ? ['profile'] : ['account'], profile(live))).toBe(told));
  it('abuse 99: that no purpose covers is told to nobody', () => expect(['phone', 'birthdate', 'locale'].some((name) => isReleased(name as 'phone', ['profile'], profile(true)))).toBe(false));
});

describe('a whole profile', () => {
  it('is seen by its owner on our own pages', () => expect(seesAll({ subject: 'a1', client: 'account', roles: [] }, false)).toBe(true));
  it('is seen by staff with a role, and by a machine that staff marked', () => {
    expect(seesAll({ subject: 'a1', client: 'c_console', roles: ['support'] }, true)).toBe(true);
    expect(seesAll({ client: 'c_operator', roles: [] }, true)).toBe(true);
  });
  it('abuse 99: is not seen by an application of the person, by another machine, or by somebody without a role at staff’s own application', () => {
    expect(seesAll({ subject: 'a1', client: 'c_1', roles: [] }, false)).toBe(false);
    expect(seesAll({ client: 'c_1', roles: [] }, false)).toBe(false);
    expect(seesAll({ subject: 'a1', client: 'c_console', roles: [] }, true)).toBe(false);
  });
});
