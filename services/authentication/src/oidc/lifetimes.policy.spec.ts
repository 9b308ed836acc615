import { describe, expect, it } from '@jest/globals';
import { fixedLifetimes, refreshLifetime, sessionLifetime } from './lifetimes.policy.js';

const DAY = 86_400;

describe('lifetimes', () => {
  it('abuse 26: a refresh token ends 180 days after the first of its family, however often it is used', () => {
    expect(refreshLifetime(0, 0)).toBe(30 * DAY);
    expect(refreshLifetime(0, 170 * DAY)).toBe(10 * DAY);
    expect(refreshLifetime(0, 181 * DAY)).toBe(1);
  });
  it('a session ends 30 days after its sign-in, however often it is used', () => {
    expect(sessionLifetime(0, 0)).toBe(14 * DAY);
    expect(sessionLifetime(0, 29 * DAY)).toBe(DAY);
    expect(sessionLifetime(0, 31 * DAY)).toBe(1);
  });
  it('a code lives for a minute', () => expect(fixedLifetimes.AuthorizationCode).toBe(60));
  it('a grant outlives its refresh tokens', () => expect(fixedLifetimes.Grant).toBeGreaterThan(180 * DAY));
});
