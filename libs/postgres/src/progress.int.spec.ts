import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { put, remove, table } from '@symbolon/event-sourcing';
import type { Lead, Progress } from '@symbolon/event-sourcing';
import { testDatabase } from '../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../tools/engines/postgres.js';
import { migrate } from './migrate.js';
import type { Pool } from './pool.js';
import { postgresProgress } from './progress.js';
import { waitFor } from './wait-for.js';

const at = (number: number) => `0000${number.toString(16).padStart(16, '0')}`;
const things = table('ledger.things_v1', ['id']);
const SQL = `create table ledger.things_v1 (id text primary key, name text not null, note text, count bigint not null default 0, bytes bytea, tags text[], extra jsonb, position text collate "C");`;

function migrations(sql: string): URL {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-migrations-'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '0001_things.sql'), sql);
  return pathToFileURL(`${folder}/`);
}

describe('progress on Postgres', () => {
  let database: TestDatabase;
  let pool: Pool;
  let progress: Progress;
  const subscription = () => `ledger.${randomUUID()}.v1`;
  const lead = async (name: string) => (await progress.lead(name, randomUUID())) as Lead;
  const rows = async () => (await pool.query('select id, name, note, count, bytes, tags, extra from ledger.things_v1 order by id')).rows;

  beforeAll(async () => {
    database = await testDatabase();
    await migrate({ url: database.url, secret: database.secret, services: [{ name: 'ledger', migrations: migrations(SQL), categories: ['ledger'] }] });
    pool = database.database('ledger');
    progress = postgresProgress({ database: pool, schema: 'ledger' });
  }, 60_000);
  afterAll(() => database?.close());

  it('lets one of sixteen contenders lead', async () => {
    const name = subscription();
    const answers = await Promise.all(Array.from({ length: 16 }, () => progress.lead(name, randomUUID())));
    expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1);
  });

  it('hands a resigned lead over with its position, and fences the old one: it writes nothing', async () => {
    const name = subscription();
    const old = await lead(name);
    expect(await old.commit({ position: at(5) })).toBe(true);
    await old.resign();
    const next = await lead(name);
    expect(next.position).toBe(at(5));
    expect(await old.commit({ position: at(6), table: things, rows: [put({ id: 'fenced', name: 'x' })], seen: [{ key: 'k', sequence: at(6) }] })).toBe(false);
    expect(await old.commit({ unpark: [] })).toBe(false);
    expect(await old.renew()).toBe(false);
    expect(await rows()).toEqual([]);
    expect(await next.seen(['k'])).toEqual(new Map());
    expect(await next.renew()).toBe(true);
  });

  it('moves forward only', async () => {
    const one = await lead(subscription());
    expect(await one.commit({ position: at(9) })).toBe(true);
    expect(await one.commit({ position: at(8) })).toBe(false);
    expect(one.position).toBe(at(9));
  });

  it('writes rows, position, seen and parked together, or nothing of it', async () => {
    const name = subscription();
    const one = await lead(name);
    const park = [{ key: 'k', position: at(3), event: 'e', error: 'broke', attempts: 5 }];
    await expect(one.commit({ position: at(3), table: things, rows: [put({ id: 'a' })], park, seen: [{ key: 'k', sequence: at(3) }] })).rejects.toMatchObject({ code: '23502' });
    expect([await one.parked(), await one.seen(['k']), one.position]).toEqual([[], new Map(), undefined]);
    expect(await one.commit({ position: at(3), table: things, rows: [put({ id: 'a', name: 'A' })], park, seen: [{ key: 'k', sequence: at(3) }] })).toBe(true);
    expect(await one.parked()).toEqual(park);
    expect(await one.seen(['k', 'other'])).toEqual(new Map([['k', at(3)]]));
    expect(await one.commit({ unpark: park })).toBe(true);
    expect([await one.parked(), one.position]).toEqual([[], at(3)]);
  });

  it('says whose fault it is that a step failed: the value’s, or whatever the value is, the engine’s', async () => {
    const faultOf = async (...[rows, into = things]: [ReturnType<typeof put>, typeof things?]) => (await lead(subscription())).commit({ position: at(1), table: into, rows: [rows] }).catch((error: { fault?: string }) => error.fault);
    expect(await faultOf(put({ id: 'n\0', name: 'NUL' }))).toBe('value');
    expect(await faultOf(put({ id: 'x', name: null }))).toBe('value');
    expect(await faultOf(put({ id: 'x', name: 'x', count: 'many' }))).toBe('value');
    expect(await faultOf(put({ id: 'x', name: 'x', nothing: 'x' }))).toBe('engine');
    expect(await faultOf(put({ id: 'x' }), table('ledger.nothing_v1', ['id']))).toBe('engine');
    expect(await faultOf(put({ schema: 'x' }), table('es.migrations', ['schema']))).toBe('engine'); // not its own
  });

  it('keeps the value of columns that a row does not name, also of those that an insert must name', async () => {
    const one = await lead(subscription());
    await one.commit({ position: at(1), table: things, rows: [put({ id: 'b', name: 'B', note: 'kept', count: 2n ** 60n, bytes: new Uint8Array([0, 255]), tags: ['x', 'y"z'], extra: { a: 1 } }), put({ id: 'c', name: 'C' })] });
    await one.commit({ position: at(2), table: things, rows: [put({ id: 'b', note: null }), put({ id: 'c', name: 'C2' }), remove({ id: 'a' })] });
    expect(await rows()).toEqual([
      { id: 'b', name: 'B', note: null, count: String(2n ** 60n), bytes: Buffer.from([0, 255]), tags: ['x', 'y"z'], extra: { a: 1 } },
      { id: 'c', name: 'C2', note: null, count: '0', bytes: null, tags: null, extra: null },
    ]);
  });

  it('keeps the newest sequence of a key, whatever comes later', async () => {
    const one = await lead(subscription());
    await one.commit({ position: at(1), seen: [{ key: 'k', sequence: at(7) }, { key: 'k', sequence: at(4) }] });
    await one.commit({ position: at(2), seen: [{ key: 'k', sequence: at(5) }] });
    expect(await one.seen(['k'])).toEqual(new Map([['k', at(7)]]));
  });

  it('waits for a position, and for a key unless it is parked', async () => {
    const name = subscription();
    const one = await lead(name);
    const wait = (position: string, key?: string) => waitFor({ database: pool, schema: 'ledger', subscription: name, position, key, milliseconds: 200 });
    expect(await wait(at(4))).toBe(false);
    const waiting = waitFor({ database: pool, schema: 'ledger', subscription: name, position: at(4) });
    await one.commit({ position: at(4), seen: [{ key: 'k', sequence: at(4) }], park: [{ key: 'p', position: at(3), event: 'e', error: 'broke', attempts: 5 }] });
    expect(await waiting).toBe(true);
    expect([await wait(at(4), 'k'), await wait(at(5), 'k'), await wait(at(3), 'p')]).toEqual([true, false, false]);
  });

  it('waits in vain for a key that has anything parked, wherever that lies: a place in a topic says nothing of the place that an event was published from', async () => {
    const name = subscription();
    const one = await lead(name);
    await one.commit({ position: at(9), seen: [{ key: 'p', sequence: at(4) }], park: [{ key: 'p', position: at(9), event: 'e', error: 'broke', attempts: 1 }] });
    expect(await waitFor({ database: pool, schema: 'ledger', subscription: name, position: at(4), key: 'p', milliseconds: 200 })).toBe(false);
  });
});

describe('migrations', () => {
  let database: TestDatabase;
  beforeAll(async () => void (database = await testDatabase()), 60_000);
  afterAll(() => database?.close());
  const run = (folder: URL, categories = ['moved']) => migrate({ url: database.url, secret: database.secret, services: [{ name: 'moved', migrations: folder, categories }] });

  it('run once, also when two migrators start at the same moment', async () => {
    const folder = migrations('create table moved.once (a int);');
    const [one, two] = await Promise.all([run(folder), run(folder)]);
    expect([...one, ...two].filter((file) => file.startsWith('moved/'))).toEqual(['moved/0001_things.sql']);
  });

  it('refuse a file that was changed after it had run, or that only a newer version knows', async () => {
    await expect(run(migrations('create table moved.other (a int);'))).rejects.toThrow(/was changed after it had run/);
    await expect(run(pathToFileURL(`${mkdtempSync(join(tmpdir(), 'symbolon-none-'))}/`))).rejects.toThrow(/newer Symbolon/);
  });

  it('leave nothing of a file that failed, and run it again', async () => {
    const broken = (sql: string) => migrate({ url: database.url, secret: database.secret, services: [{ name: 'broken', migrations: migrations(sql) }] });
    await expect(broken('create table broken.half (a int); select 1/0;')).rejects.toMatchObject({ code: '22012' });
    expect(await broken('create table broken.half (a int);')).toEqual(['broken/0001_things.sql']);
  });

  it('give a service its own schema and nobody else’s, without the right to change it', async () => {
    const own = database.database('moved');
    await own.query('insert into moved.once values (1)');
    await expect(own.query('create table moved.mine (a int)')).rejects.toMatchObject({ code: '42501' });
    await expect(own.query('select from broken.half')).rejects.toMatchObject({ code: '42501' });
  });

  it('give a category to one service only', async () => {
    await expect(migrate({ url: database.url, secret: database.secret, services: [{ name: 'thief', migrations: migrations('select 1;'), categories: ['moved'] }] })).rejects.toThrow(/one owner/);
  });
});
