import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore, NewEvent, Passed, Recorded } from '@symbolon/event-sourcing';
import { testDatabase } from '../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../tools/engines/postgres.js';
import { postgresEventStore } from './event-store.js';
import type { Closable } from './event-store.js';
import { migrate } from './migrate.js';

const event = (over: Partial<NewEvent> = {}): NewEvent => ({ id: randomUUID(), type: 'test.v1.Happened', metadata: Buffer.from('{}'), data: Buffer.from('{"a":1}'), ...over });
const events = (count: number) => Array.from({ length: count }, () => event());

async function take(follow: AsyncIterable<Recorded | Passed>, enough: (seen: readonly (Recorded | Passed)[]) => boolean) {
  const seen: (Recorded | Passed)[] = [];
  for await (const item of follow) if ((seen.push(item), enough(seen))) break;
  return seen;
}

describe('the event store on Postgres', () => {
  let database: TestDatabase;
  let store: EventStore & Closable;
  beforeAll(async () => {
    database = await testDatabase();
    await migrate({ url: database.url, secret: database.secret, services: [] });
    store = postgresEventStore({ url: database.url });
  }, 60_000);
  afterAll(async () => {
    await store?.close();
    await database?.close();
  });

  it('gives back bytes, order and revisions as they were appended', async () => {
    const stream = `order-${randomUUID()}` as const;
    const two = [event({ data: Buffer.from([0, 255, 7]) }), event({ metadata: new Uint8Array() })];
    const appended = await store.append({ stream, expected: -1n, events: two });
    const { events: read, revision } = await store.read(stream);
    expect(revision).toBe(1n);
    expect(read.map(({ id, data, metadata, revision: at }) => ({ id, at, data: Buffer.from(data).toString('hex'), metadata: Buffer.from(metadata).toString() }))).toEqual([
      { id: two[0]!.id, at: 0n, data: '00ff07', metadata: '{}' },
      { id: two[1]!.id, at: 1n, data: Buffer.from('{"a":1}').toString('hex'), metadata: '' },
    ]);
    expect(appended).toEqual({ position: read[1]!.position });
  });

  it('answers the actual revision to a conflict, and the position as before only where the same ids lie at the same revisions', async () => {
    const stream = `order-${randomUUID()}` as const;
    const first = events(2);
    const { position } = (await store.append({ stream, expected: -1n, events: first })) as { position: string };
    expect(await store.append({ stream, expected: -1n, events: first })).toEqual({ position });
    expect(await store.append({ stream, expected: -1n, events: events(1) })).toEqual({ conflict: 1n });
    expect(await store.append({ stream, expected: 0n, events: first })).toEqual({ conflict: 1n });
    expect(await store.append({ stream, expected: 5n, events: events(1) })).toEqual({ conflict: 1n });
  });

  it('lets one of fifty racing creators win, also within one batch', async () => {
    const stream = `order-${randomUUID()}` as const;
    const answers = await Promise.all(Array.from({ length: 50 }, () => store.append({ stream, expected: -1n, events: events(1) })));
    expect(answers.filter((answer) => 'position' in answer)).toHaveLength(1);
    expect(answers.filter((answer) => 'conflict' in answer && answer.conflict === 0n)).toHaveLength(49);
  });

  it.each([
    ['store/empty_append', { events: [] }],
    ['store/append_too_large', { events: [event({ data: new Uint8Array(1024 * 1024) })] }],
    ['store/bad_stream_name', { stream: 'order-\0' as const }],
    ['store/bad_stream_name', { stream: 'order-\ud800' as const }],
    ['store/bad_stream_name', { stream: 'Order-1' as const }],
    ['store/bad_type_name', { events: [event({ type: 'a\udfff' })] }],
    ['store/bad_event_id', { events: [event({ id: 'not-a-uuid' })] }],
    ['store/bad_revision', { expected: -2n }],
  ])('refuses what can never be stored: %s', async (rule, wrong) => {
    await expect(store.append({ stream: 'order-refused', expected: -1n, events: events(1), ...wrong })).rejects.toMatchObject({ name: 'Invalid', rule });
  });

  it('shows 8 writers to 2 followers without a gap, filtered by category, from any place', async () => {
    const categories = ['red', 'blue'];
    const before = await store.head();
    const stop = new AbortController();
    const followed = categories.map((category) => take(store.follow([category], before, stop.signal), (seen) => seen.filter((item) => 'id' in item).length === 400));
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let at = 0; at < 100; at++) await store.append({ stream: `${categories[writer % 2]!}-${writer}`, expected: BigInt(at) - 1n, events: events(1) });
      }),
    );
    for (const seen of await Promise.all(followed)) {
      const positions = seen.flatMap((item) => ('id' in item ? [item.position] : []));
      expect(new Set(positions).size).toBe(400);
      expect([...positions].sort()).toEqual(positions);
      const rest = await take(store.follow([(seen.find((item) => 'id' in item) as Recorded).stream.split('-')[0]!], positions[199], stop.signal), (items) => items.filter((item) => 'id' in item).length === 200);
      expect(rest.flatMap((item) => ('id' in item ? [item.position] : []))).toEqual(positions.slice(200));
    }
  }, 30_000);

  it('tells a follower of a quiet category how far the log has come', async () => {
    await store.append({ stream: `noise-${randomUUID()}`, expected: -1n, events: events(1) });
    const head = await store.head();
    const seen = await take(store.follow(['silent'], undefined, new AbortController().signal), (items) => items.some((item) => 'passed' in item && item.passed === head));
    expect(seen.every((item) => 'passed' in item)).toBe(true);
  });

  it('ends a waiting follower when its signal aborts', async () => {
    const stop = new AbortController();
    const ended = take(store.follow(['silent'], await store.head(), stop.signal), () => false);
    setTimeout(() => stop.abort(), 50);
    expect(await ended).toEqual([]);
  });

  it('refuses a checkpoint beyond the head, or of a later era', async () => {
    const head = (await store.head())!;
    for (const after of [`0000${'f'.repeat(16)}`, `0001${head.slice(4)}`])
      await expect(take(store.follow(['order'], after, new AbortController().signal), () => true)).rejects.toMatchObject({ name: 'Invalid', rule: 'store/position_beyond_log' });
  });
});

describe('the era of the log', () => {
  it('leads every position handed out, and an older checkpoint is still good', async () => {
    const database = await testDatabase();
    await migrate({ url: database.url, secret: database.secret, services: [] });
    const store = postgresEventStore({ url: database.url });
    const { position: old } = (await store.append({ stream: 'order-1', expected: -1n, events: events(1) })) as { position: string };
    await store.append({ stream: 'log-era', expected: -1n, events: [event({ data: Buffer.from('{"era":2}') })] });
    expect(await store.head()).toBe(`0002${'0'.repeat(15)}2`);
    expect((await store.read('order-1')).events[0]!.position).toBe(`0002${old.slice(4)}`);
    expect(await take(store.follow(['log'], old, new AbortController().signal), () => true)).toMatchObject([{ position: `0002${'0'.repeat(15)}2` }]);
    await store.close();
    await database.close();
  }, 60_000);
});

describe('the store under a login role', () => {
  let database: TestDatabase;
  let one: EventStore & Closable;
  beforeAll(async () => {
    database = await testDatabase();
    const services = ['role_one', 'role_two'].map((name) => ({ name, migrations: pathToFileURL(`${mkdtempSync(join(tmpdir(), 'symbolon-none-'))}/`), categories: [name.replace('_', '')] }));
    await migrate({ url: database.url, secret: database.secret, services });
    one = postgresEventStore({ url: database.roleUrl('role_one') });
  }, 60_000);
  afterAll(async () => {
    await one?.close();
    await database?.close();
  });

  it('lets a service write and read its own categories, and nobody else’s', async () => {
    await expect(one.append({ stream: 'roleone-1', expected: -1n, events: events(1) })).resolves.toHaveProperty('position');
    await expect(one.append({ stream: 'roletwo-1', expected: -1n, events: events(1) })).rejects.toMatchObject({ code: '42501' });
    await expect(one.read('roletwo-1')).rejects.toMatchObject({ code: '42501' });
    await expect(database.database('role_one').query('select from es.events')).rejects.toMatchObject({ code: '42501' });
  });

  it('never fails an append for a bad neighbour of its batch', async () => {
    const both = await Promise.allSettled([one.append({ stream: 'roleone-2', expected: -1n, events: events(1) }), one.append({ stream: 'roletwo-2', expected: -1n, events: events(1) })]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});
