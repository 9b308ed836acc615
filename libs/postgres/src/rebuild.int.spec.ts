import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { put } from '@symbolon/event-sourcing';
import type { Lead, Progress } from '@symbolon/event-sourcing';
import { testDatabase } from '../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../tools/engines/postgres.js';
import { migrate } from './migrate.js';
import type { Pool } from './pool.js';
import { postgresProgress } from './progress.js';
import { buildBeside, compareAtOnePlace, discard, isBeingBuilt, nextVersion, switchTables } from './rebuild.js';
import type { Reach } from './rebuild.js';

const at = (number: number) => `0000${number.toString(16).padStart(16, '0')}`;
const live = { table: 'shelf.books_v1', subscription: 'shelf.books.v1' };

describe('the rebuild of a read table', () => {
  let database: TestDatabase;
  let owner: Pool;
  let progress: Progress;
  const fill = async (lead: Lead, table: string, position: string, titles: readonly string[]) =>
    lead.commit({ position, table: { name: table, key: ['id'] }, rows: titles.map((title, id) => put({ id, title })), seen: [{ key: 'k', sequence: position }] });

  beforeAll(async () => {
    database = await testDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'symbolon-migrations-'));
    writeFileSync(join(folder, '0001_books.sql'), 'create table shelf.books_v1 (id int primary key, title text not null);');
    await migrate({ url: database.url, secret: database.secret, services: [{ name: 'shelf', migrations: pathToFileURL(`${folder}/`), categories: ['book'] }] });
    owner = database.database();
    progress = postgresProgress({ database: database.database('shelf'), schema: 'shelf' });
  }, 60_000);
  afterAll(() => database?.close());

  it('is made beside the live table, compared and switched at the place of the live one alone, and goes on from there', async () => {
    const running = (await progress.lead(live.subscription, randomUUID()))!;
    await fill(running, live.table, at(7), ['Iliad', 'broken']);
    const next = await buildBeside(owner, live);
    expect(next).toEqual({ table: 'shelf.books_v2', subscription: 'shelf.books.v2' });
    const rebuilding = (await progress.lead(next.subscription, randomUUID()))!;
    expect(await isBeingBuilt(owner, live)).toBe(true);
    await fill(rebuilding, next.table, at(6), ['Iliad']);
    const asked: string[] = [];
    const there: Reach = async (position) => asked.push(position) > 0;
    expect([await compareAtOnePlace(owner, live, next, there), await switchTables(owner, live, next, there), asked]).toEqual([undefined, false, [at(7), at(7)]]);
    expect(await switchTables(owner, live, next, async () => false)).toBe(false);
    await fill(rebuilding, next.table, at(7), ['Iliad', 'Odyssey']);
    expect(await compareAtOnePlace(owner, live, next, there)).toEqual({ live: 2, next: 2, onlyLive: 1, onlyNext: 1 });

    expect(await switchTables(owner, live, next, there)).toBe(true);
    expect((await owner.query('select title from shelf.books_v1 order by id')).rows).toEqual([{ title: 'Iliad' }, { title: 'Odyssey' }]);
    expect(await fill(running, live.table, at(9), ['late'])).toBe(false);
    expect(await rebuilding.renew()).toBe(false);
    const after = (await progress.lead(live.subscription, randomUUID()))!;
    expect([after.position, await after.seen(['k'])]).toEqual([at(7), new Map([['k', at(7)]])]);
    expect(await fill(after, live.table, at(9), ['Iliad again'])).toBe(true);
  });

  it('is thrown away without a trace', async () => {
    const next = nextVersion(live);
    await buildBeside(owner, live);
    await discard(owner, next);
    expect((await owner.query("select from shelf.followers where subscription = 'shelf.books.v2'")).rowCount).toBe(0);
    await expect(owner.query('select from shelf.books_v2')).rejects.toMatchObject({ code: '42P01' });
    expect(await isBeingBuilt(owner, live)).toBe(false);
  });
});
