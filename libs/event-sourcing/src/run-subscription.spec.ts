import { afterEach, describe, expect, it } from '@jest/globals';
import { cause, command, counted, counter, jsonCodec, type Counted } from '../test/counter.js';
import { commandHandler, memoryBus, memoryEventStore, memoryProgress, projection, publication, put, reaction, runSubscription, table, Unavailable } from './index.js';
import type { Bus, EventStore, RunningSubscription, Subscription, Wiring } from './index.js';

const timing = { poll: 10, renew: 30, retry: 1, backOff: 5 };
const sums = table('t.sums_v1', ['stream']);
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const world = (given: { store?: EventStore; bus?: Bus; forgotten?: string } = {}) => {
  const store = given.store ?? memoryEventStore();
  const bus = given.bus ?? memoryBus();
  const progress = memoryProgress(200);
  const codec = jsonCodec(given.forgotten);
  const wiring: Wiring = { store, bus, progress, codec: jsonCodec(), publicCodec: () => codec, handlerFor: (decider) => commandHandler(store, jsonCodec(), decider) as never, owner: 'me', timing };
  const alarms: string[] = [];
  const run = (subscription: Subscription): RunningSubscription => {
    const over = new AbortController();
    const running = runSubscription(subscription, wiring, over.signal, { alarm: (_, reason) => alarms.push(reason) });
    ends.push(() => (over.abort(), running.done));
    return running;
  };
  const count = (id: string, by: number, subject?: string) => commandHandler(store, jsonCodec(), counter).handle(`counter-${id}`, command(by), { ...cause, subject });
  return { store, bus, progress, wiring, run, count, alarms };
};

const until = async (true_: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await true_())) await new Promise((resolve) => setTimeout(resolve, 3));
};

/** Writes the revision; throws for streams that `isBad` names. */
const revisions = (isBad: (stream: string) => boolean = () => false) =>
  projection<Counted>('t.sums.v1', { categories: ['counter'] }, sums, {
    Counted: ({ stream, revision }) => {
      if (isBad(stream)) throw new Error('bad');
      return put({ stream, revision });
    },
  });

describe('a projection', () => {
  it('asks less and less often for a store that stays away, and is not ready meanwhile', async () => {
    let asked = 0;
    const store: EventStore = {
      ...memoryEventStore(),
      follow: () => {
        asked += 1;
        throw new Unavailable('store');
      },
    };
    const running = world({ store }).run(revisions());
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThan(20); // with pauses of 5, 10, 20 … milliseconds; with the shortest pause always it would be 100
    expect(running.state()).toMatchObject({ ready: false });
  });

  it('writes rows and keeps its place', async () => {
    const { run, count, store, progress } = world();
    await count('a', 3);
    const running = run(revisions());
    await count('b', 1);
    await until(async () => running.state().position === (await store.head()));
    expect(progress.rows('t.sums_v1')).toEqual([{ stream: 'counter-a', revision: 2n }, { stream: 'counter-b', revision: 0n }]);
    expect(running.state()).toMatchObject({ leading: true, ready: true, parked: 0, lag: 0 });
  });

  it('moves on over types that it does not handle and over other categories', async () => {
    const { run, store } = world();
    const event = (type: string) => ({ id: crypto.randomUUID(), type, metadata: Buffer.from('{}'), data: Buffer.from('{}') });
    await store.append({ stream: 'counter-a', expected: -1n, events: [event('test.v1.Closed'), event('unknown.v9.Thing')] });
    await store.append({ stream: 'other-a', expected: -1n, events: [event('test.v1.Counted')] });
    const running = run(revisions());
    await until(async () => running.state().position === (await store.head()));
  });

  it('parks a poison event and what comes behind it, while other keys flow, and handles them in order when asked', async () => {
    const { run, count, progress, store } = world();
    let bad = true;
    const running = run(revisions((stream) => bad && stream === 'counter-bad'));
    await count('bad', 2);
    await count('good', 1);
    await until(async () => running.state().position === (await store.head()));
    await count('bad', 1);
    await until(() => running.state().parked === 3);
    expect(progress.rows('t.sums_v1')).toEqual([{ stream: 'counter-good', revision: 0n }]);
    expect(await running.retryParked()).toEqual({ handled: 0, left: 3 });
    bad = false;
    expect(await running.retryParked()).toEqual({ handled: 3, left: 0 });
    expect(progress.rows('t.sums_v1')).toContainEqual({ stream: 'counter-bad', revision: 2n });
    await count('bad', 1);
    await until(() => progress.rows('t.sums_v1').some(({ revision }) => revision === 3n));
  });

  it('waits, unready, while an engine is away, and parks nothing', async () => {
    const inner = memoryEventStore();
    let away = true;
    const store: EventStore = {
      ...inner,
      follow: (...follow) => {
        if (away) throw new Unavailable('store');
        return inner.follow(...follow);
      },
    };
    const { run, count, progress } = world({ store });
    await count('a', 1);
    const running = run(revisions());
    await until(() => !running.state().ready);
    away = false;
    await until(() => progress.rows('t.sums_v1').length === 1);
    expect(running.state()).toMatchObject({ ready: true, parked: 0 });
  });

  it('writes nothing more once somebody else leads', async () => {
    const { wiring, count, progress } = world();
    const [stale, taken] = [await progress.lead('t.sums.v1', 'one'), await new Promise<unknown>((resolve) => setTimeout(() => resolve(progress.lead('t.sums.v1', 'two')), 250))];
    expect(taken).toBeDefined();
    await count('a', 1);
    const over = new AbortController();
    let asked = 0;
    const running = runSubscription(revisions(), { ...wiring, progress: { lead: async () => (asked++ === 0 ? stale : undefined) } }, over.signal);
    await until(() => asked > 1);
    expect(progress.rows('t.sums_v1')).toEqual([]);
    over.abort();
    await running.done;
  });
});

describe('a reaction', () => {
  const echo = reaction<Counted, ReturnType<typeof command>>('t.echo.v1', { topic: 'x' }, counter, {
    Counted: ({ event }) => ({ stream: 'counter-echo', command: { type: 'Count', by: event.data.by } }),
  });
  const message = (key: string, sequence: string, by = 1) => ({ topic: 'x', key, id: crypto.randomUUID(), type: 'test.v1.Counted', sequence, metadata: Buffer.from(JSON.stringify({ ...cause, at: '2026-01-01T00:00:00.000Z', causation: 'x' })), data: Buffer.from(JSON.stringify({ by })) });

  it('reacts once to what is delivered again, and a refusal is done', async () => {
    const { run, bus, store } = world();
    const running = run(echo);
    const one = message('a', '1');
    await bus.publish([one, one, message('a', '3', 99), { ...message('a', '2'), id: one.id }, message('b', '1', 2)]);
    await until(() => running.state().position?.endsWith('5') ?? false);
    expect((await store.read('counter-echo')).events).toHaveLength(3);
    expect(running.state().parked).toBe(0);
  });
});

describe('a publication', () => {
  const outward = publication<Counted, Counted>('t.public.v1', ['counter'], 'x', { Counted: ({ event }) => (event.data.by > 0 ? counted(event.data.by) : undefined) });

  it('is keyed by subject, else by stream, carries its sequence, and has the same id when it is published again', async () => {
    const published: { id: string; key: string; sequence: string }[] = [];
    const bus: Bus = { ...memoryBus(), publish: async (messages) => void published.push(...messages) };
    const { run, count, store } = world({ bus, forgotten: 'gone' });
    await count('a', 1, 'alice');
    await count('b', 1);
    await count('c', 1, 'gone');
    const [first, second] = [run(outward), run({ ...outward, name: 't.public.v2' })];
    await until(async () => [first, second].every((each) => each.state().position !== undefined) && first.state().position === (await store.head()) && second.state().position === (await store.head()));
    expect(published.map(({ key }) => key).sort()).toEqual(['alice', 'alice', 'counter-b', 'counter-b']);
    expect(new Set(published.map(({ id }) => id)).size).toBe(2);
    expect(first.state().parked).toBe(0);
  });

  it('keeps its place when the bus did not acknowledge', async () => {
    let away = true;
    const inner = memoryBus();
    const bus: Bus = { ...inner, publish: async (messages) => (away ? Promise.reject(new Unavailable('bus')) : inner.publish(messages)) };
    const { run, count, store } = world({ bus });
    await count('a', 1);
    const running = run(outward);
    await until(() => !running.state().ready);
    expect(running.state().position).toBeUndefined();
    away = false;
    await until(async () => running.state().position === (await store.head()));
  });
});
