import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { inTime, timeLeft, timeToWait, withinDeadline, withoutDeadline } from './deadline.js';

describe('the deadline of a request', () => {
  it('is what every call that it leads to has left, and never more than the call wants', async () => {
    await withinDeadline(1_000, async () => {
      expect(timeLeft(50)).toBe(50);
      await sleep(20);
      expect(timeLeft(5_000)).toBeLessThan(1_000);
      expect(timeLeft(5_000)).toBeGreaterThan(0);
    });
    expect(timeLeft(5_000)).toBe(5_000);
  });

  it('is not moved on by a call that wants more, and is shortened by one that wants less', () => {
    withinDeadline(100, () => {
      withinDeadline(5_000, () => expect(timeLeft(5_000)).toBeLessThanOrEqual(100));
      withinDeadline(10, () => expect(timeLeft(5_000)).toBeLessThanOrEqual(10));
    });
  });

  it('leaves nothing when it is over, and some of it for the answer after a wait', async () => {
    await withinDeadline(5, async () => {
      await sleep(20);
      expect([timeLeft(1_000), timeToWait(1_000)]).toEqual([0, 0]);
    });
    withinDeadline(1_000, () => expect(timeToWait(5_000)).toBeLessThanOrEqual(750));
    expect(timeToWait(5_000)).toBe(5_000);
  });

  it('does not hold for what serves many callers, and ends the wait of each of them by itself', async () => {
    let shared: Promise<string> | undefined;
    const asked = withinDeadline(5, () => {
      shared = withoutDeadline(async () => (await sleep(60), `${timeLeft(5_000)}`));
      return inTime('postgres', shared);
    });
    await expect(asked).rejects.toMatchObject({ name: 'Unavailable', message: 'postgres is unavailable: no answer in time' });
    expect(await inTime('postgres', shared!)).toBe('5000');
  });
});
