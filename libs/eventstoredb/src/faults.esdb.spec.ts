import { randomUUID } from 'node:crypto';
import { cpSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LogReplaced, Unavailable } from '@symbolon/event-sourcing';
import type { Append, Appended, EventStore, NewEvent, Position, StreamName } from '@symbolon/event-sourcing';
import { testServer } from '../../../tools/engines/eventstoredb.js';
import type { TestServer } from '../../../tools/engines/eventstoredb.js';
import { eventStoreDB } from './event-store.js';

const GUARD = 120_000;
const event = (): NewEvent => ({ id: randomUUID(), type: 'test.v1.Happened', metadata: Buffer.from('{"m":1}'), data: Buffer.from('{"a":1}') });
const creation = (): Append => ({ stream: `alpha-${randomUUID()}`, expected: -1n, events: [event()] });
const positionOf = (appended: Appended): Position => (appended as { position: Position }).position;

/** Until the server that came back is noticed. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unavailable) || error.cause instanceof LogReplaced) throw error;
      await sleep(100);
    }
  }
}

describe('EventStoreDB', () => {
  let server: TestServer;
  let store: EventStore & { close(): Promise<void> };
  beforeAll(async () => {
    server = await testServer({ disk: true });
    await server.start();
    store = eventStoreDB({ url: server.url });
    await again(() => store.append(creation()));
  }, GUARD);
  afterAll(async () => {
    await store?.close();
    await server?.close();
  });

  it.each([
    ['frozen', () => server.signal('SIGSTOP'), () => server.signal('SIGCONT')],
    ['killed', () => server.kill('SIGKILL'), () => server.start()],
    ['stopped', () => server.kill('SIGTERM'), () => server.start()],
  ] as const)('that is %s ends every call as unavailable, and everything goes on by itself when it is back', async (_, goes, comesBack) => {
    const last = (await store.head())!;
    const over = new AbortController();
    const followed: string[] = [];
    const following = (async () => {
      for (let after = last; !over.signal.aborted; ) {
        try {
          for await (const item of store.follow(['alpha'], after, over.signal)) {
            after = 'passed' in item ? item.passed : item.position;
            if (!('passed' in item)) followed.push(item.id);
          }
        } catch (error) {
          if (!(error instanceof Unavailable)) throw error;
          await sleep(100);
        }
      }
    })();
    await goes();
    const calls = await Promise.allSettled([store.append(creation()), store.read('alpha-none'), store.head(), store.append(creation())]);
    for (const call of calls) expect(call).toMatchObject({ status: 'rejected', reason: { name: 'Unavailable' } });
    const booting = Promise.allSettled(Array.from({ length: 5 }, async (_each, at) => (await sleep(at * 200), store.read('alpha-none'))));
    await comesBack();
    for (const call of await booting) if (call.status === 'rejected') expect(call.reason).toBeInstanceOf(Unavailable);
    const appends = Array.from({ length: 5 }, creation);
    for (const append of appends) await again(() => store.append(append));
    for (let left = 200; left > 0 && !appends.every(({ events: [one] }) => followed.includes(one!.id)); left -= 1) await sleep(100);
    over.abort();
    await following;
    expect(new Set(followed).size).toBe(followed.length);
    expect(followed).toEqual(expect.arrayContaining(appends.map(({ events: [one] }) => one!.id)));
  }, GUARD);

  it('tells the truth of a thousand appends while it is killed again and again, and stores each once or never', async () => {
    const appends = Array.from({ length: 1_000 }, (_, at): Append => ({ stream: `beta-${randomUUID()}`, expected: -1n, events: at % 3 ? [event()] : [event(), event()] }));
    const ledger = new Map<Append, 'acknowledged' | 'refused' | 'unknown'>();
    const queue = [...appends];
    let killing = true;
    const killer = (async () => {
      while (killing) {
        await sleep(200 + Math.random() * 400);
        await server.kill('SIGKILL');
        await server.start();
      }
    })();
    const write = async (): Promise<void> => {
      for (let append = queue.shift(); append; append = queue.shift()) {
        await sleep(Math.random() * 100);
        const outcome = await store.append(append).catch((error: unknown) => error);
        if (outcome instanceof Unavailable) {
          if (ledger.get(append) === undefined && Math.random() < 0.5) queue.push(append); // some are sent again, as a caller would
          ledger.set(append, 'unknown');
          await again(() => store.head());
        } else ledger.set(append, 'position' in (outcome as Appended) ? 'acknowledged' : 'refused');
      }
    };
    await Promise.all(Array.from({ length: 64 }, write));
    killing = false;
    await killer;
    const counts = { acknowledged: 0, refused: 0, unknown: 0, 'unknown, and stored': 0 };
    for (const [append, said] of ledger) {
      counts[said] += 1;
      const { events, revision } = await again(() => store.read(append.stream));
      const stored = events.map(({ id }) => id);
      if (said === 'acknowledged' || stored.length > 0) expect(stored).toEqual(append.events.map(({ id }) => id));
      if (said === 'unknown' && stored.length > 0) counts['unknown, and stored'] += 1;
      // and whoever asks again hears of it
      if (said === 'unknown') expect(await again(() => store.append(append))).toEqual({ position: expect.any(String) });
      if (said === 'unknown') expect((await again(() => store.read(append.stream))).revision).toBe(BigInt(append.events.length) - 1n);
      else expect(revision).toBe(BigInt(append.events.length) - 1n);
    }
    console.log(counts);
    expect(counts.refused).toBe(0); // nobody else writes these streams
    expect(counts.acknowledged).toBeGreaterThan(0);
  }, 5 * GUARD);

  it.each(['emptied', 'restored to an older state'])('that came back %s is noticed, said in one sentence, and not written on', async (how) => {
    const stream: StreamName = `alpha-${randomUUID()}`;
    await again(() => store.append({ stream, expected: -1n, events: [event()] }));
    await server.kill('SIGTERM');
    const whole = server.use('first');
    const other = server.use(how.split(' ')[0]!);
    if (how !== 'emptied') cpSync(whole, other, { recursive: true });
    server.use('first');
    await server.start();
    const last = positionOf(await again(() => store.append({ stream, expected: 0n, events: [event()] })));
    const follower = take(store, last);
    await server.kill('SIGKILL');
    server.use(how.split(' ')[0]!);
    await server.start();
    const fresh = creation();
    const refusal = await again(() => store.append(fresh)).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'Unavailable', cause: { name: 'LogReplaced', message: expect.stringContaining('Nothing is written to it') } });
    for (let left = 3; left > 0; left -= 1) await expect(again(() => store.append({ stream, expected: 1n, events: [event()] }))).rejects.toMatchObject({ cause: { name: 'LogReplaced' } });
    await expect(store.head()).rejects.toMatchObject({ cause: { name: 'LogReplaced' } });
    await expect(follower).resolves.toMatchObject({ name: 'Unavailable' });
    const another = eventStoreDB({ url: server.url });
    expect((await another.read(fresh.stream)).events).toEqual([]);
    await expect(take(another, last)).resolves.toMatchObject({ name: 'Invalid', rule: 'store/position_beyond_log' });
    await another.close();
    await server.kill('SIGKILL');
    server.use('first');
    await server.start();
    expect(positionOf(await again(() => store.append(fresh))) > last).toBe(true);
  }, GUARD);
});

/** Follows until it ends; answers why. */
const take = async (store: EventStore, after: Position): Promise<unknown> => {
  try {
    for await (const _ of store.follow(['alpha'], after, new AbortController().signal));
    return undefined;
  } catch (error) {
    return error;
  }
};
