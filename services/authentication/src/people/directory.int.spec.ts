import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { migrate } from '@symbolon/postgres';
import { memoryVault } from '@symbolon/vault';
import type { Ports } from '@symbolon/web';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { DirectoryQuery } from './directory.query.js';
import type { AccountEntry } from './directory.query.js';
import type { Place } from './place.policy.js';

const [SAME, LATER] = ['2026-02-03T04:05:06.007Z', '2026-02-03T04:05:06.008Z'];
const id = (index: number) => `5b6f0c1e-0000-4000-8000-${String(index).padStart(12, '0')}`;

let engine: TestDatabase;
let directory: DirectoryQuery;
const asked: [text: string, values: readonly unknown[]][] = [];

beforeAll(async () => {
  engine = await testDatabase();
  await migrate({ url: engine.url, secret: engine.secret, services: [{ name: 'authentication', migrations: new URL('../../migrations/', import.meta.url), categories: ['account', 'signin', 'client'] }] });
  const database = engine.database('authentication');
  const vault = memoryVault();
  const seal = (value: string, account: string, field: string) => vault.seal(value, { event: '1', type: 'AccountRegistered', subject: account, field });
  for (let index = 0; index < 7; index += 1) {
    await database.query('insert into authentication.accounts_v1 (account, email, registered_at, disabled) values ($1, $2, $3, $4)', [id(index), await seal(`a${index}@example.com`, id(index), 'email'), index < 5 ? SAME : LATER, index === 2]);
    await database.query("insert into authentication.claims_v1 (subject, attribute, value) values ($1, 'first_name', $2)", [id(index), await seal('Ann', id(index), 'first_name')]);
  }
  await database.query("insert into authentication.roles_v1 (account, role) values ($1, 'support'), ($1, 'admin')", [id(0)]);
  await vault.forget(id(6));
  const recorded = { ...database, query: (text: string, values: readonly unknown[]) => (asked.push([text, values]), database.query(text, values)) };
  directory = new DirectoryQuery({ database: recorded, vault } as unknown as Ports);
}, 60_000);
afterAll(() => engine?.close());

const placeOf = ({ registeredAt, id: account }: AccountEntry): Place => ({ registeredAt: registeredAt.toISOString(), id: account });

it('pages hold each account once, also those that registered in the same millisecond', async () => {
  const seen: string[] = [];
  let place: Place | undefined;
  for (let more = true; more; ) {
    const page = await directory.page({ limit: 2, open: false, ...(place ? { place } : {}) });
    seen.push(...page.accounts.map((one) => one.id));
    more = page.more;
    place = page.accounts.at(-1) && placeOf(page.accounts.at(-1)!);
  }
  expect(seen).toEqual(Array.from({ length: 7 }, (_, index) => id(index)));
});

it('one state alone can be asked for', async () => {
  expect((await directory.page({ limit: 10, open: false, blocked: true })).accounts.map((one) => one.id)).toEqual([id(2)]);
  expect((await directory.page({ limit: 10, open: false, blocked: false })).accounts).toHaveLength(6);
});

it('opens whose it is only where that is asked for', async () => {
  expect(await directory.one(id(0), true)).toMatchObject({ email: 'a0@example.com', firstName: 'Ann', roles: ['admin', 'support'], state: 'active' });
  const closed = await directory.one(id(0), false);
  for (const hidden of ['email', 'firstName', 'lastName']) expect(closed).not.toHaveProperty(hidden);
});

it('shows a forgotten person without whose it was', async () => {
  const gone = await directory.one(id(6), true);
  expect([gone?.id, gone?.email, gone?.firstName]).toEqual([id(6), undefined, undefined]);
});

it.each([[{}], [{ blocked: true }]])('a page is read by an index in its order, not by the whole table: %j', async (which) => {
  await directory.page({ limit: 2, open: false, place: { registeredAt: SAME, id: id(1) }, ...which });
  const [text, values] = asked.at(-1)!;
  const plan = await engine.database('authentication').transaction(async (tx) => {
    for (const other of ['seqscan', 'sort', 'bitmapscan']) await tx.query(`set local enable_${other} = off`);
    return (await tx.query(`explain ${text}`, values)).rows;
  });
  expect(JSON.stringify(plan)).toMatch(/Index (Only )?Scan using accounts_(disabled_)?in_order/);
  expect(JSON.stringify(plan)).not.toMatch(/Seq Scan on accounts_v1|Sort/);
});
