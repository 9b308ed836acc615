import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Unavailable } from '@symbolon/event-sourcing';
import { testDatabase } from '../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../tools/engines/postgres.js';
import type { Database } from './database.js';
import { Leases } from './leases.js';
import { migrate } from './migrate.js';
import { postgresProgress } from './progress.js';

const none = () => pathToFileURL(`${mkdtempSync(join(tmpdir(), 'symbolon-none-'))}/`);

describe('the leases of a process', () => {
  let database: TestDatabase;
  let texts: string[];
  /** Counts the statements of a role. */
  const counted = (role: string): Database => {
    const inner = database.database(role);
    return { ...inner, query: (text, values) => (texts.push(text), inner.query(text, values)) };
  };
  const written = async () => BigInt((await database.database().query<{ at: string }>('select pg_snapshot_xmax(pg_current_snapshot())::text as at')).rows[0]!.at);

  beforeAll(async () => {
    database = await testDatabase();
    await migrate({ url: database.url, secret: database.secret, services: ['ledger', 'shop'].map((name) => ({ name, migrations: none(), categories: [name] })) });
  }, 60_000);
  afterAll(() => database?.close());

  it('are renewed by one statement and one commit for all subscriptions of all services, however many ask', async () => {
    texts = [];
    const leases = new Leases(counted('ledger'));
    const owner = randomUUID();
    const progress = ['ledger', 'shop'].map((schema) => postgresProgress({ database: database.database(schema), schema, leases }));
    const leads = await Promise.all(Array.from({ length: 8 }, (_, index) => progress[index % 2]!.lead(`${['ledger', 'shop'][index % 2]}.s${index}.v1`, owner)));
    const before = await written();
    expect(await Promise.all(leads.map((lead) => lead!.renew()))).toEqual(leads.map(() => true));
    expect([texts.length, (await written()) - before]).toEqual([1, 1n]);
    expect(await leads[0]!.renew()).toBe(true); // the same answer, for a second
    expect(texts).toHaveLength(1);
  });

  it('end for a loop that stands still, though its process lives: another one leads within five seconds', async () => {
    const leases = new Leases(database.database('ledger'));
    const owner = randomUUID();
    const progress = postgresProgress({ database: database.database('ledger'), schema: 'ledger', leases });
    const [still, busy] = [await progress.lead('ledger.still.v1', owner), await progress.lead('ledger.busy.v1', owner)];
    const other = postgresProgress({ database: database.database('ledger'), schema: 'ledger' });
    const began = performance.now();
    let taken;
    for (; !taken && performance.now() - began < 20_000; await new Promise((resolve) => setTimeout(resolve, 200))) {
      expect(await busy!.renew()).toBe(true);
      taken = await other.lead('ledger.still.v1', randomUUID());
    }
    expect(taken).toBeDefined();
    expect(await still!.renew()).toBe(false);
    expect(await other.lead('ledger.busy.v1', randomUUID())).toBeUndefined();
  }, 60_000);

  it('that a process could not give back, for the database was away just then, are given back when it renews the others', async () => {
    let away = false;
    const inner = database.database('shop');
    const wire: Database = { ...inner, query: (text, values) => (away ? Promise.reject(new Unavailable('postgres')) : inner.query(text, values)) };
    const leases = new Leases(wire);
    const owner = randomUUID();
    const lost = await postgresProgress({ database: wire, schema: 'shop', leases }).lead('shop.lost.v1', owner);
    const kept = await postgresProgress({ database: database.database('ledger'), schema: 'ledger', leases }).lead('ledger.kept.v1', owner);
    away = true;
    await expect(lost!.resign()).rejects.toThrow();
    away = false;
    const other = postgresProgress({ database: inner, schema: 'shop' });
    let taken;
    for (const began = performance.now(); !taken && performance.now() - began < 20_000; await new Promise((resolve) => setTimeout(resolve, 200))) {
      expect(await kept!.renew()).toBe(true);
      taken = await other.lead('shop.lost.v1', randomUUID());
    }
    expect(taken).toBeDefined();
  }, 60_000);

  it('of loops that wait for a lead cost one look for all of them', async () => {
    const leading = postgresProgress({ database: database.database('shop'), schema: 'shop' });
    const names = Array.from({ length: 8 }, (_, index) => `shop.w${index}.v1`);
    for (const name of names) await leading.lead(name, randomUUID());
    texts = [];
    const waiting = postgresProgress({ database: counted('shop'), schema: 'shop' });
    const tried = async () => expect(await Promise.all(names.map((name) => waiting.lead(name, randomUUID())))).toEqual(names.map(() => undefined));
    await tried();
    texts = [];
    await tried();
    expect(texts).toHaveLength(1);
    expect(texts[0]).toMatch(/^select/);
  });

  it('are renewed for whoever knows the number of the process, and for nothing but schemas of services', async () => {
    const renewed = await database.database('ledger').query('select * from es.renew($1, $2)', [[randomUUID()], ['pg_catalog', 'public', 'ledger']]);
    expect(renewed.rows).toEqual([]);
  });
});
