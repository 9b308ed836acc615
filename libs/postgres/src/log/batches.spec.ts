import { describe, expect, it } from '@jest/globals';
import { timeLeft, withinDeadline } from '@symbolon/event-sourcing';
import { Batches } from './batches.js';

describe('what waits to be sent together', () => {
  it('is never sent when its caller gave up before its turn came, and the caller is told in time', async () => {
    const sent: string[] = [];
    let free = (): void => undefined;
    const batches = new Batches<string, string>({
      most: 1,
      mostBytes: 1_000,
      size: () => 1,
      send: async (items) => {
        sent.push(...items);
        if (items[0] === 'slow') await new Promise<void>((done) => (free = done));
        return items;
      },
    });
    const slow = batches.add('slow');
    await expect(withinDeadline(20, () => batches.add('late'))).rejects.toMatchObject({ name: 'Unavailable' });
    const next = batches.add('next');
    free();
    expect(await Promise.all([slow, next])).toEqual(['slow', 'next']);
    expect(sent).toEqual(['slow', 'next']);
  });

  it('is sent under no caller’s deadline: the first of them may have little time left', async () => {
    let left = 0;
    const batches = new Batches<string, string>({ most: 8, mostBytes: 1_000, size: () => 1, send: async (items) => ((left = timeLeft(5_000)), items) });
    await withinDeadline(1_000, () => batches.add('one'));
    expect(left).toBe(5_000);
  });
});
