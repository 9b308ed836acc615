import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase } from '../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../tools/engines/postgres.js';
import { postgresBus } from './bus.js';
import { postgresEventStore } from './event-store.js';
import { migrate } from './migrate.js';
import { pool } from './pool.js';
import type { Pool } from './pool.js';
import { roleName, roleUrl } from './roles.js';

const folder = mkdtempSync(join(tmpdir(), 'symbolon-two-'));
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, '0001_rows.sql'), 'create table bakery.rows_v1 (id text primary key);');
const services = [{ name: 'bakery', migrations: pathToFileURL(`${folder}/`), categories: ['bread'] }];

describe('two installations on one server', () => {
  let one: TestDatabase;
  let two: TestDatabase;
  const pools: Pool[] = [];
  const opened = (url: string): Pool => {
    const made = pool({ url, max: 2 });
    pools.push(made);
    return made;
  };

  beforeAll(async () => {
    [one, two] = [await testDatabase(), await testDatabase()];
  }, 60_000);
  afterAll(async () => {
    await Promise.all(pools.map((each) => each.close()));
    await one?.close();
    await two?.close();
  });

  it('have login roles of their own: a start of the second leaves the first as it is', async () => {
    await migrate({ url: one.url, secret: 'of the first', services });
    const first = opened(roleUrl(one.url, 'bakery', 'of the first'));
    await first.query("insert into bakery.rows_v1 values ('kept')");
    await migrate({ url: two.url, secret: 'of the second', services });
    await migrate({ url: one.url, secret: 'of the first', services });
    const second = opened(roleUrl(two.url, 'bakery', 'of the second'));
    expect((await second.query('select from bakery.rows_v1')).rowCount).toBe(0);
    expect((await opened(roleUrl(one.url, 'bakery', 'of the first')).query('select from bakery.rows_v1')).rowCount).toBe(1);
  }, 60_000);

  it('do not let each other in', async () => {
    const [name] = [roleName(two.url, 'bakery')];
    const foreign = opened(roleUrl(two.url, 'bakery', 'of the second').replace(/\/test_[0-9a-f]+/, new URL(one.url.replace('@/', '@x/')).pathname));
    expect(name).not.toBe(roleName(one.url, 'bakery'));
    await expect(foreign.query('select from bakery.rows_v1')).rejects.toMatchObject({ code: '42501' });
  });

  it('append, publish and follow under these roles', async () => {
    const store = postgresEventStore({ url: roleUrl(one.url, 'bakery', 'of the first') });
    const bus = postgresBus({ url: roleUrl(one.url, 'bakery', 'of the first') });
    const event = { id: randomUUID(), type: 't', metadata: new Uint8Array(), data: new Uint8Array() };
    await expect(store.append({ stream: 'bread-1', expected: -1n, events: [event] })).resolves.toHaveProperty('position');
    await expect(store.append({ stream: 'stone-1', expected: -1n, events: [event] })).rejects.toMatchObject({ code: '42501' });
    await bus.publish([{ ...event, topic: 'symbolon.bakery.public.v1', key: 'k', sequence: '1' }]);
    await expect(bus.publish([{ ...event, topic: 'symbolon.butcher.public.v1', key: 'k', sequence: '1' }])).rejects.toMatchObject({ code: '42501' });
    await Promise.all([store.close(), bus.close()]);
  });

  it('upgrade: an installation whose roles were called as its services are gets its own, and the old one loses its rights', async () => {
    const old = `bakery`;
    const owner = opened(one.url);
    await owner.query(`create role ${old} login password 'old'`).catch(() => undefined);
    await owner.query(`
      grant usage on schema bakery, es, bus to ${old}; grant select, insert, update, delete on all tables in schema bakery to ${old};
      grant execute on all functions in schema es, bus to ${old}; delete from es.services; update es.categories set role = '${old}'`);
    await migrate({ url: one.url, secret: 'of the first', services });
    expect((await owner.query("select role from es.categories where category = 'bread'")).rows).toEqual([{ role: roleName(one.url, 'bakery') }]);
    expect((await owner.query("select from pg_roles where rolname = 'bakery'")).rowCount).toBe(0);
    expect((await opened(roleUrl(one.url, 'bakery', 'of the first')).query('select from bakery.rows_v1')).rowCount).toBe(1);
  }, 60_000);

  it('is set up by an owner who is no superuser, and may make roles', async () => {
    const four = await testDatabase();
    const [keeper, name] = [`keeper_${randomUUID().slice(0, 8)}`, new URL(four.url.replace('@/', '@x/')).pathname.slice(1)];
    await opened(four.url).query(`create role ${keeper} login createrole password 'k'; grant create on database ${name} to ${keeper}`);
    const url = four.url.replace(/\/\/[^@]+@/, `//${keeper}:k@`);
    await migrate({ url, secret: 'k', services });
    await migrate({ url, secret: 'another one', services });
    const own = opened(roleUrl(url, 'bakery', 'another one'));
    expect((await own.query('select from bakery.rows_v1')).rowCount).toBe(0);
    await own.close();
    pools.pop();
    await four.close();
    await opened(one.url).query(`drop role ${keeper}`);
  }, 60_000);

  it('is refused in words where the server has a role of that name that is not ours', async () => {
    const three = await testDatabase();
    const name = roleName(three.url, 'bakery');
    await opened(one.url).query(`create role "${name}" login password 'of somebody else'`);
    await expect(migrate({ url: three.url, secret: three.secret, services })).rejects.toMatchObject({ name: 'MigrationRefused', message: expect.stringContaining(`role ${name} that is not Symbolon's`) });
    await three.close();
  }, 60_000);
});
