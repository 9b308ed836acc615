import { describe, expect, it } from '@jest/globals';
import { isCounted, limits, prefixOf } from './limits.policy.js';

describe('throttling', () => {
  it('abuse 53: stops a login after a hundred failures in a row at the latest', () => expect(limits['sign-in'].login?.inARow).toBeLessThanOrEqual(100));
  it('abuse 54: counts known devices apart', () => expect(limits['sign-in'].known).toBeDefined());
  it('sends at most three mails an hour to an address', () => expect(limits.mail.login).toEqual({ count: 3, seconds: 3_600 }));
  it.each([
    ['192.0.2.17', '192.0.2'],
    ['::ffff:192.0.2.17', '192.0.2'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('counts %s with its network %s', (address, prefix) => expect(prefixOf(address)).toBe(prefix));
  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('does not count loopback %s as somebody', (address) => expect(isCounted(address)).toBe(false));
  it.each(['192.0.2.127', '::ffff:192.0.2.1', '2001:db8::1'])('counts %s as somebody', (address) => expect(isCounted(address)).toBe(true));
});
