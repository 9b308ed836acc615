import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Invalid, NO_STREAM, Unavailable, type Appended, type EventStore, type Position, type Recorded } from '@symbolon/event-sourcing';
import type { Link } from './link.js';
import { bytes, GUARD, hex, many, newEvent, newEvents, newStream, onceAvailable, shuffled, take } from './material.js';

/** One engine, empty at first, and three clients of it. Streams of the categories alpha, beta and gamma are written. */
export type StoreUnderTest = Readonly<{
  store: EventStore;
  another: EventStore;
  /** A client whose way to the engine is `link`, with a deadline of about a second. */
  remote: EventStore;
  link: Link;
  close(): Promise<void>;
}>;

const positionOf = (appended: Appended): Position => {
  if (!('position' in appended)) throw new Error(`conflict at ${appended.conflict}`);
  return appended.position;
};
const ids = (events: readonly { id: string }[]): string[] => events.map(({ id }) => id);

/** What every event store keeps. */
export const eventStoreSuite = (name: string, factory: () => Promise<StoreUnderTest>): void =>
  describe(`the event store on ${name}`, () => {
    let under: StoreUnderTest;
    let store: EventStore;
    beforeAll(async () => {
      under = await factory();
      store = under.store;
    }, GUARD);
    afterEach(() => under.link.heal());
    afterAll(() => under?.close());

    it('gives back what was appended, in order, with revisions from zero', async () => {
      const [stream, events] = [newStream(), newEvents(3)];
      const position = positionOf(await store.append({ stream, expected: NO_STREAM, events }));
      const read = await under.another.read(stream);
      expect(ids(read.events)).toEqual(ids(events));
      expect(read.events.map(({ revision, type, stream: of }) => [revision, type, of])).toEqual([0n, 1n, 2n].map((at) => [at, 'test.v1.Happened', stream]));
      expect([read.revision, read.events[2]!.position]).toEqual([2n, position]);
    });

    it('keeps JSON\'s corners byte by byte', async () => {
      const corners = ['"\\u0000"', '"\\ud800"', '9007199254740993', '{"b":1, "a":1,"a":2}', '"\u0000"', '', '"é\u{1F600}"'];
      const raw = [...corners.map(bytes), Uint8Array.from([0, 255, 128, 13, 10, 92]), new Uint8Array(1024 * 1024 - 8).fill(7)];
      for (const data of raw) {
        const stream = newStream();
        const event = { ...newEvent(), metadata: data.length < 99 ? data : bytes('{}'), data };
        await store.append({ stream, expected: NO_STREAM, events: [event] });
        const [read] = (await store.read(stream)).events;
        expect(hex(read!.data) === hex(data) && hex(read!.metadata) === hex(event.metadata)).toBe(true);
      }
    }, GUARD);

    it('refuses by name what can never be stored, and nothing of its neighbours', async () => {
      const bad = [
        { stream: newStream(), events: [{ ...newEvent(), data: new Uint8Array(1024 * 1024) }] },
        { stream: newStream(), events: [] },
        { stream: newStream(), events: [newEvent(), newEvent('{}', 'no-uuid')] },
        { stream: newStream(), events: [{ ...newEvent(), type: '' }] },
        { stream: 'Alpha' as never, events: newEvents(1) },
        { stream: 'alpha-\u0000' as const, events: newEvents(1) },
      ];
      const good = Array.from({ length: 6 }, newStreamOf);
      const answers = await Promise.allSettled(good.flatMap((stream, at) => [store.append({ stream, expected: NO_STREAM, events: newEvents(1) }), store.append({ ...bad[at]!, expected: NO_STREAM })]));
      for (const [at, answer] of answers.entries()) {
        if (at % 2 === 0) expect(answer.status).toBe('fulfilled');
        else expect(answer).toMatchObject({ status: 'rejected', reason: { name: 'Invalid', rule: expect.stringMatching(/^store\//) } });
      }
      for (const { stream } of bad.slice(0, 4)) expect((await store.read(stream)).revision).toBe(NO_STREAM);
    });

    it('appends at exactly the expected revision, and else answers the actual one and stores nothing', async () => {
      const stream = newStream();
      expect(await store.append({ stream, expected: 0n, events: newEvents(1) })).toEqual({ conflict: NO_STREAM });
      await store.append({ stream, expected: NO_STREAM, events: newEvents(2) });
      for (const expected of [NO_STREAM, 0n, 2n, 9n]) expect(await store.append({ stream, expected, events: newEvents(2) })).toEqual({ conflict: 1n });
      positionOf(await store.append({ stream, expected: 1n, events: newEvents(2) }));
      expect((await store.read(stream)).revision).toBe(3n);
    });

    it('lets one of fifty racing creators win, and tells the others the actual revision', async () => {
      for (let round = 0; round < many(5, 3); round++) {
        const stream = newStream();
        const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => (at % 2 ? store : under.another).append({ stream, expected: NO_STREAM, events: newEvents(2) })));
        expect(answers.filter((answer) => 'position' in answer)).toHaveLength(1);
        expect(answers.filter((answer) => 'conflict' in answer && answer.conflict === 1n)).toHaveLength(49);
        expect((await store.read(stream)).events).toHaveLength(2);
      }
    }, GUARD);

    it('answers a repeated append as before, also after later events', async () => {
      const [stream, events] = [newStream(), newEvents(2)];
      const append = { stream, expected: NO_STREAM, events };
      const position = positionOf(await store.append(append));
      expect(await under.another.append(append)).toEqual({ position });
      await store.append({ stream, expected: 1n, events: newEvents(1) });
      expect(positionOf(await store.append(append))).toBe(position);
      expect((await store.read(stream)).revision).toBe(2n);
    });

    it('takes the same ids elsewhere, and a part of them, for a conflict', async () => {
      const [stream, [one, two, three]] = [newStream(), newEvents(3)];
      await store.append({ stream, expected: NO_STREAM, events: [one!, two!] });
      await store.append({ stream, expected: 1n, events: newEvents(2) });
      for (const events of [[two!], [two!, one!], [one!, three!]]) expect(await store.append({ stream, expected: NO_STREAM, events })).toEqual({ conflict: 3n });
      expect(await store.append({ stream, expected: 0n, events: [one!] })).toEqual({ conflict: 3n });
    });

    it('stores once what was sent again because the answer was lost', async () => {
      const { remote, link } = under;
      await remote.append({ stream: newStream(), expected: NO_STREAM, events: newEvents(1) });
      const append = { stream: newStream(), expected: NO_STREAM, events: newEvents(2) };
      await link.deafen();
      await expect(remote.append(append)).rejects.toBeInstanceOf(Unavailable);
      // a slow engine may store it after the client gave up
      while ((await store.read(append.stream)).revision === NO_STREAM) await new Promise((resolve) => setTimeout(resolve, 50));
      await link.heal();
      const { events, revision } = await store.read(append.stream);
      expect(revision).toBe(1n);
      expect(await onceAvailable(() => remote.append(append))).toEqual({ position: events[1]!.position });
    }, GUARD);

    it('reads from a revision, at most so many, and a stream that does not exist', async () => {
      const [stream, events] = [newStream(), newEvents(5)];
      await store.append({ stream, expected: NO_STREAM, events });
      expect(ids((await store.read(stream, 2n)).events)).toEqual(ids(events.slice(2)));
      expect(await store.read(stream, 1n, 2)).toMatchObject({ events: [{ id: events[1]!.id }, { id: events[2]!.id }], revision: 4n });
      expect((await store.read(stream, 9n)).events).toEqual([]);
      expect(await store.read(newStream())).toEqual({ events: [], revision: NO_STREAM });
    });

    it('gives positions of one width whose byte order is log order, and the last one as head', async () => {
      const found: Position[] = [];
      for (let at = 0; at < 40; at++) found.push(positionOf(await store.append({ stream: newStream(), expected: NO_STREAM, events: newEvents(1) })));
      expect(found).toEqual([...new Set(found)].sort());
      expect(new Set(found.map(({ length }) => length)).size).toBe(1);
      expect([await store.head(), await under.another.head()]).toEqual([found.at(-1), found.at(-1)]);
    });

    it('gives each follower each event once and in order while sixteen write', async () => {
      const [each, writers] = [many(1_250, 60), 16];
      const after = await store.head();
      const total = each * writers;
      const follow = (client: EventStore): Promise<Recorded[]> => take((signal) => client.follow(['alpha', 'beta'], after, signal), (events) => events.length >= total);
      const followers = [store, under.another, store, under.another].map(follow);
      await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer % 2 ? store : under.another, writer % 3 ? 'alpha' : 'beta', each)));
      const all = await Promise.all(followers);
      for (const events of all) {
        expect(new Set(ids(events)).size).toBe(total);
        expect(ids(events)).toEqual(ids(all[0]!));
        expect(events.every(({ position }, at) => at === 0 || position > events[at - 1]!.position)).toBe(true);
        expect(gaps(events)).toEqual([]);
      }
    }, 4 * GUARD);

    it('resumes a follower at any saved position with exactly the rest', async () => {
      const after = await store.head();
      for (let at = 0; at < 6; at++) await store.append({ stream: newStream(), expected: NO_STREAM, events: newEvents(5) });
      const all = await take((signal) => store.follow(['alpha'], after, signal), (events) => events.length === 30);
      for (const [at, { position }] of all.slice(0, -1).entries()) {
        const rest = await take((signal) => under.another.follow(['alpha'], position, signal), (events) => events.length === 29 - at);
        expect(ids(rest)).toEqual(ids(all.slice(at + 1)));
      }
    }, GUARD);

    it('filters by category, and tells a follower of a quiet category how far it came', async () => {
      const after = await store.head();
      const streams = shuffled([newStream('alpha'), newStream('beta'), newStream('gamma'), newStream('alpha')]);
      for (const stream of streams) await store.append({ stream, expected: NO_STREAM, events: newEvents(2) });
      await store.append({ stream: newStream('gamma'), expected: NO_STREAM, events: newEvents(20) });
      const head = (await store.head())!;
      const events = await take((signal) => store.follow(['alpha', 'beta'], after, signal), (_, passed) => passed === head);
      expect([...new Set(events.map(({ stream }) => stream))]).toEqual(streams.filter((stream) => !stream.startsWith('gamma')));
      expect(await take((signal) => store.follow(['nothing'], after, signal), (_, passed) => passed === head)).toEqual([]);
    }, GUARD);

    it('says how far it came only after everything before it was given, to a slow reader too', async () => {
      const after = await store.head();
      const [rounds, wanted, others] = [30, 12, 40];
      let last = '';
      for (let round = 0; round < rounds; round++) {
        await store.append({ stream: newStream('alpha'), expected: NO_STREAM, events: newEvents(wanted) });
        last = positionOf(await store.append({ stream: newStream('gamma'), expected: NO_STREAM, events: newEvents(others) }));
      }
      last = positionOf(await store.append({ stream: newStream('gamma'), expected: NO_STREAM, events: newEvents(2 * others) }));
      let [count, passed] = [0, ''];
      for await (const item of store.follow(['alpha'], after, new AbortController().signal)) {
        if ('passed' in item) passed = item.passed;
        else expect(item.position > passed).toBe(true);
        if (!('passed' in item) && count++ % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 200)); // more waits for it than an adapter holds
        if (passed >= last) break;
      }
      expect(count).toBe(rounds * wanted);
    }, GUARD);

    it('wakes an idle follower for every append, also of another client', async () => {
      let position = await store.head();
      for (let round = 0; round < many(40, 6); round++) {
        const stream = newStream();
        const after = position;
        const arrived = take((signal) => store.follow(['alpha'], after, signal), (events) => events.length === 1);
        if (round % 2) await new Promise((resolve) => setTimeout(resolve, 20));
        position = positionOf(await under.another.append({ stream, expected: NO_STREAM, events: newEvents(1) }));
        expect((await arrived)[0]).toMatchObject({ stream, position });
      }
    }, GUARD);

    it('ends a follower when its signal aborts, waiting or not', async () => {
      for (const isWaiting of [true, false]) {
        const over = new AbortController();
        const after = isWaiting ? await store.head() : undefined;
        let count = 0;
        const ended = (async () => {
          for await (const _ of store.follow(['alpha'], after, over.signal)) if (++count === 3) over.abort();
        })();
        if (isWaiting) setTimeout(() => over.abort(), 150);
        await ended;
        expect(count).toBe(isWaiting ? 0 : 3);
      }
    }, GUARD);

    it('refuses to follow from a position beyond the log', async () => {
      const head = (await store.head())!;
      const beyond = head.slice(0, -4).replace(/.$/, 'f') + head.slice(-4);
      const laterEra = 'ffff' + head.slice(4);
      for (const after of [beyond, laterEra]) await expect(take((signal) => store.follow(['alpha'], after, signal), () => false)).rejects.toBeInstanceOf(Invalid);
    }, GUARD);

    it.each(['silence', 'cut'] as const)('says Unavailable within its deadline when the engine is gone (%s), and goes on when it is back', async (how) => {
      const { remote, link } = under;
      const append = (): Promise<Appended> => remote.append({ stream: newStream(), expected: NO_STREAM, events: newEvents(1) });
      await onceAvailable(append);
      const after = await remote.head();
      const following = take((signal) => remote.follow(['alpha'], after, signal), () => false).catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, 150));
      await link[how]();
      const calls = await Promise.allSettled([append(), remote.read(newStream()), remote.head(), remote.append({ stream: newStream(), expected: NO_STREAM, events: newEvents(1) })]);
      for (const call of calls) expect(call).toMatchObject({ status: 'rejected', reason: { name: 'Unavailable' } });
      expect(await following).toBeInstanceOf(Unavailable);
      await link.heal();
      positionOf(await onceAvailable(append));
      expect((await onceAvailable(() => remote.read(newStream()))).revision).toBe(NO_STREAM);
    }, GUARD);
  });

const newStreamOf = (): ReturnType<typeof newStream> => newStream();

const write = async (store: EventStore, category: string, count: number): Promise<void> => {
  const stream = newStream(category);
  for (let at = 0; at < count; ) {
    const some = Math.min(1 + (at % 3), count - at);
    positionOf(await store.append({ stream, expected: BigInt(at) - 1n, events: newEvents(some) }));
    at += some;
  }
};

/** Places where a stream's revision does not follow the one before. */
const gaps = (events: readonly Recorded[]): Recorded[] => {
  const last = new Map<string, bigint>();
  return events.filter(({ stream, revision }) => {
    const before = last.get(stream) ?? NO_STREAM;
    last.set(stream, revision);
    return revision !== before + 1n;
  });
};
