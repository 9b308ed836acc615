import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { postgresEventStore } from '../event-store.js';
import { migrate } from '../migrate.js';
import { LogHeads } from './heads.js';

describe('the heads of a process', () => {
  let database: TestDatabase;
  let heads: LogHeads;
  beforeAll(async () => {
    database = await testDatabase();
    await migrate({ url: database.url, secret: database.secret, services: [] });
    heads = new LogHeads({ url: database.url });
  }, 60_000);
  afterAll(async () => {
    await heads?.close();
    await database?.close();
  });

  const appending = (category: string) => ({ stream: `${category}-${randomUUID()}` as const, expected: -1n, events: [{ id: randomUUID(), type: 'test.v1.Happened', metadata: Buffer.from('{}'), data: Buffer.from('{}') }] });
  const { signal } = new AbortController();

  it('wakes those who follow what this process stored, and the others within a second', async () => {
    const store = postgresEventStore({ url: database.url, heads });
    await store.append(appending('first'));
    const { at } = heads.known('es');
    const woken: string[] = [];
    const waiting = ['alpha', 'beta'].map((part) => heads.passed('es', [part], at, signal).then(() => woken.push(part)));
    await store.append(appending('alpha'));
    await waiting[0];
    expect(heads.mayHold('es', ['beta'], at)).toBe(false);
    expect(woken).toEqual(['alpha']);
    await waiting[1];
    expect(woken).toEqual(['alpha', 'beta']);
    await store.close();
  });

  it('wakes a worker with the commit that gives it work, long before its own look', async () => {
    const owner = database.database();
    await owner.query('create table errands (id int); create trigger wake after insert on errands for each row execute function es.wake()');
    await heads.fresh('es'); // it listens
    const began = performance.now();
    const woken = heads.woken('public.errands', 60_000, signal);
    await owner.query('insert into errands values (1)');
    await woken;
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  it('wakes everybody for what another process stored', async () => {
    const other = postgresEventStore({ url: database.url });
    const { at } = await heads.fresh('es');
    const waiting = ['alpha', 'beta'].map((part) => heads.passed('es', [part], at, signal));
    await other.append(appending('alpha'));
    await Promise.all(waiting);
    expect(heads.mayHold('es', ['beta'], at)).toBe(true);
    await other.close();
  });
});
