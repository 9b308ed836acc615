import { describe, expect, it } from '@jest/globals';
import { ERA_STREAM, eraBegan, eraIn, position } from '@symbolon/event-sourcing';
import type { NewEvent, Recorded, StreamName, WholeLog } from '@symbolon/event-sourcing';
import { copyLog } from './copy.js';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const event = (stream: string, revision: number): Omit<Recorded, 'position'> => ({ id: `${stream}/${revision}`, type: 't', stream: stream as StreamName, revision: BigInt(revision), metadata: bytes('{}'), data: bytes(`${stream}${revision}`) });

/** A log in memory whose positions grow by `step`; `breaksAfter` events a write fails, and what came before stays. */
const log = (step: number, held: readonly Omit<Recorded, 'position'>[] = [], breaksAfter = Infinity): WholeLog & { events: Omit<Recorded, 'position'>[]; at(index: number): string } => {
  const events = [...held];
  const at = (index: number): string => position(0, BigInt((index + 1) * step), ...(step > 1 ? [BigInt(index)] : []));
  let left = breaksAfter;
  return {
    where: `in the log of ${step}`,
    events,
    at,
    async *read() {
      for (const [index, each] of [...events].entries()) yield { ...each, position: at(index) };
    },
    write: async (more) => {
      for (const each of more) {
        if (left-- <= 0) throw new Error('interrupted');
        events.push(each);
      }
    },
    close: async () => undefined,
  };
};

const history = Array.from({ length: 1_234 }, (_, index) => event(`s-${index % 7}`, Math.floor(index / 7)));
const copy = (from: WholeLog, to: WholeLog, places: readonly string[] = []) => copyLog({ from, to, places, said: () => undefined, now: '2026-01-01T00:00:00.000Z' });
const plain = (events: readonly Omit<Recorded, 'position'>[]) => events.map(({ id, stream, revision }) => [id, stream, revision]);

describe('a copy of a log', () => {
  it('holds the same events in the same order, and begins an era', async () => {
    const [from, to] = [log(1, history), log(100)];
    const { events, era } = await copy(from, to);
    expect([events, era]).toEqual([1_234, 1]);
    expect(plain(to.events.slice(0, -1))).toEqual(plain(history));
    expect(to.events.at(-1)).toMatchObject({ stream: ERA_STREAM, revision: 0n });
    expect(eraIn(to.events.at(-1)!.data)).toBe(1);
  });

  it('says where kept places lie now, also those between two events, and those before the first one', async () => {
    const [from, to] = [log(100, history), log(1)];
    const [first, exact, between, last] = [position(0, 99n, 0n), from.at(9), position(0, 1_050n, 3n), from.at(1_233)];
    const { places } = await copy(from, to, [last, between, exact, first]);
    expect([first, exact, between, last].map((place) => places.get(place))).toEqual([undefined, ...[9, 9, 1_233].map((index) => `0001${to.at(index).slice(4)}`)]);
  });

  it('goes on where it was interrupted, at any point', async () => {
    for (const stopped of [0, 1, 499, 500, 501, 1_233, 1_234]) {
      const broken = log(100, [], stopped);
      await expect(copy(log(1, history), broken)).rejects.toThrow('interrupted');
      const again = log(100, broken.events);
      const { era } = await copy(log(1, history), again);
      expect([again.events.length, era]).toEqual([1_235, 1]);
      expect((await copy(log(1, history), again)).era).toBe(1); // and once more: nothing is left to do
      expect(again.events).toHaveLength(1_235);
    }
  });

  it('brings back what has grown since, in an era after both', async () => {
    const [old, grown] = [log(1, history), log(100)];
    await copy(old, grown);
    await grown.write([event('s-7', 0), event('s-7', 1)]);
    const { era } = await copy(grown, old);
    expect(era).toBe(2);
    expect(plain(old.events.slice(0, -1))).toEqual(plain(grown.events));
  });

  it.each([
    ['another event at a place', (events: Omit<Recorded, 'position'>[]) => void (events[3] = { ...events[3]!, id: 'other' })],
    ['another order', (events: Omit<Recorded, 'position'>[]) => void ([events[3], events[4]] = [events[4]!, events[3]!])],
    ['other bytes', (events: Omit<Recorded, 'position'>[]) => void (events[3] = { ...events[3]!, data: bytes('forged') })],
    ['other metadata', (events: Omit<Recorded, 'position'>[]) => void (events[3] = { ...events[3]!, metadata: bytes('{"a":1}') })],
  ])('refuses a log that holds %s, and leaves it as it was', async (_, change) => {
    const to = log(100, history.slice(0, 10));
    change(to.events);
    const before = [...to.events];
    await expect(copy(log(1, history), to)).rejects.toThrow(/different histories: event 4 is/);
    expect(to.events).toEqual(before);
  });

  it('refuses a log that was written to since', async () => {
    const to = log(100, [...history, event('z-1', 0)]);
    await expect(copy(log(1, history), to)).rejects.toThrow(/was written to since/);
    const twice = log(100, [...history, { ...eraBegan(1, '2026-01-01T00:00:00.000Z', 'events copy'), stream: ERA_STREAM, revision: 0n } as NewEvent & Omit<Recorded, 'position'>, event('z-1', 0)]);
    await expect(copy(log(1, history), twice)).rejects.toThrow(/was written to since/);
  });

  it('notices what did not arrive as it was sent', async () => {
    const to = log(100);
    const lossy: WholeLog = { ...to, write: (events) => to.write(events.filter(({ id }) => id !== 's-3/5')) };
    await expect(copy(log(1, history), lossy)).rejects.toThrow(/different histories|did not arrive/);
  });
});
