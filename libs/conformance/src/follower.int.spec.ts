import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { NO_STREAM, projection, put, runSubscription, type Codec, type DomainEvent, type Envelope, type RunningSubscription, type Wiring } from '@symbolon/event-sourcing';
import { postgresProgressUnderTest, postgresStoreUnderTest } from '../test/postgres.js';
import type { ProgressUnderTest, StoreUnderTest } from './index.js';
import { GUARD, newEvents, newStream } from './material.js';

const unused = (): never => {
  throw new Error('a projection does not ask for it');
};
const sealed: Codec['sealed'] = (recorded) =>
  ({ ...recorded, fullType: recorded.type, sequence: recorded.position, metadata: { at: '2026-01-01T00:00:00.000Z' }, event: { type: 'Happened', data: {} } }) as unknown as Envelope<DomainEvent>;
const codec: Codec = { encode: unused, open: unused, sealed };

describe('a projection over the real log', () => {
  let log: StoreUnderTest;
  let tables: ProgressUnderTest;
  let ends: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    [log, tables] = await Promise.all([postgresStoreUnderTest(), postgresProgressUnderTest()]);
  }, GUARD);
  afterEach(async () => {
    for (const end of ends) await end();
    ends = [];
    await log.link.heal();
  });
  afterAll(async () => {
    await log?.close();
    await tables?.close();
  });

  const run = (category: string, isBad: (stream: string) => boolean = () => false): RunningSubscription => {
    const over = new AbortController();
    const revisions = projection<Readonly<{ type: 'Happened'; data: object }>>(`conformance.${randomUUID()}.v1`, { categories: [category] }, tables.table, {
      Happened: ({ stream, revision }) => {
        if (isBad(stream)) throw new Error('bad');
        return put({ id: stream, a: Number(revision) });
      },
    });
    const wiring: Wiring = { store: log.remote, bus: { publish: unused, follow: unused }, progress: tables.progress, codec, publicCodec: unused, handlerFor: unused, owner: randomUUID() };
    const running = runSubscription(revisions, wiring, over.signal);
    ends.push(() => (over.abort(), running.done));
    return running;
  };
  const rowOf = async (id: string) => (await tables.rows()).find((row) => row['id'] === id)?.['a'];
  const until = async (isTrue: () => Promise<boolean> | boolean): Promise<void> => {
    while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it('parks a poison event and what comes behind it, lets other keys flow, and catches up by command', async () => {
    const [bad, good] = [newStream('alpha'), newStream('alpha')];
    let isBroken = true;
    const running = run('alpha', (stream) => isBroken && stream === bad);
    await log.store.append({ stream: bad, expected: NO_STREAM, events: newEvents(2) });
    await log.store.append({ stream: good, expected: NO_STREAM, events: newEvents(3) });
    await until(async () => (await rowOf(good)) === 2 && running.state().parked === 2);
    expect(await rowOf(bad)).toBeUndefined();
    isBroken = false;
    await until(async () => (await running.retryParked()) !== undefined && running.state().parked === 0);
    expect(await rowOf(bad)).toBe(1);
  }, GUARD);

  it('waits, unready, while the engine is away, parks nothing, and goes on where it was', async () => {
    const stream = newStream('beta');
    const running = run('beta');
    await until(() => running.state().leading);
    await log.link.cut();
    await until(() => !running.state().ready);
    await log.store.append({ stream, expected: NO_STREAM, events: newEvents(4) });
    expect([await rowOf(stream), running.state().parked]).toEqual([undefined, 0]);
    await log.link.heal();
    await until(async () => (await rowOf(stream)) === 3);
    expect(running.state()).toMatchObject({ ready: true, parked: 0 });
  }, GUARD);
});

// Outside Linux there is no such list of arguments to read.
if (process.platform === 'linux')
  it('a follower in a process of its own has no secret among its arguments, which everybody on the machine can read', async () => {
    const tables = await postgresProgressUnderTest();
    try {
      const follower = await tables.foreign!(`conformance.${randomUUID()}.v1`);
      const words = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
        try {
          return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1]) === process.pid ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8')] : [];
        } catch {
          return []; // it ended meanwhile
        }
      });
      follower.kill();
      expect(words.filter((line) => line.includes('foreign-follower'))).toHaveLength(1);
      expect(words.filter((line) => line.includes('://'))).toEqual([]);
    } finally {
      await tables.close();
    }
  }, GUARD);
