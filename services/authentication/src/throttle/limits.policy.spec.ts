import { describe, expect, it } from '@jest/globals';
import { RECOVERY_MINUTES } from '../recover/recoveries.js';
import { isCounted, limits, prefixOf } from './limits.policy.js';

describe('throttling', () => {
  it('abuse 53: stops a login after a hundred failures in a row at the latest', () => expect(limits['sign-in'].login?.inARow).toBeLessThanOrEqual(100));
  it('abuse 54: counts known devices apart', () => expect(limits['sign-in'].known).toBeDefined());
  it.each(['register', 'recover', 'confirm'] as const)('lets one network ask for three mails an hour to an address: %s', (kind) => expect(limits[kind].here).toEqual({ count: 3, seconds: 3_600 }));
  it.each(['register', 'recover', 'confirm'] as const)('abuse 54: a stranger in one network never uses up what everybody can ask for: %s', (kind) => expect(limits[kind].login!.count).toBeGreaterThan(limits[kind].here!.count));
  it('abuse 54: whoever is refused a mail for a new password has one whose link is good', () => {
    for (const { seconds } of Object.values(limits.recover).filter((limit) => limit !== limits.recover.network)) expect(seconds).toBeLessThanOrEqual(RECOVERY_MINUTES * 60);
  });
  it.each(['recovery-code', 'register-code', 'confirm-code'] as const)('stops codes after a hundred wrong ones in a row: %s', (kind) => expect(limits[kind].login!.inARow).toBe(100));
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
