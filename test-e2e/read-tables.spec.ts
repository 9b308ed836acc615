import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { besideTheProduct } from './database.js';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { newClient, register } from './relying-party.js';
import { symbolon as beside } from './symbolon.js';

type Json = Record<string, unknown>;
type Rebuild = Readonly<{ subscription: string; state: string; percent: number; comparison?: Json; parked?: number; fault?: string }>;

let product: Product;
let token: string;
let owner: Client;

beforeAll(async () => {
  product = await startProduct();
  token = await machineToken(product, 'purposes:write consent:read operations:write');
  owner = await besideTheProduct(product);
}, 90_000);

afterAll(async () => {
  await owner.end();
  await product?.stop();
});

const call = async (method: string, path: string, body?: object): Promise<{ status: number; headers: Headers; body: Json }> => {
  const answer = await fetch(`${product.origin}/api/${path}`, { method, headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: answer.status, headers: answer.headers, body: (await answer.json().catch(() => ({}))) as Json };
};

const newName = () => `p${randomUUID().replaceAll('-', '')}`;
const publish = (purpose: string, over: Json = {}) => call('POST', 'consent/v1/purposes', { purpose, basis: 'consent', claims: [], textVersion: 1, title: 'A purpose', text: 'What it is for.', ...over });

/** The purposes as they are listed once the table has come to a place. */
async function listed(after: string | null): Promise<Map<string, Json>> {
  for (;;) {
    const { status, body } = await call('GET', `consent/v1/purposes?after=${after}`);
    if (status === 200) return new Map((body['purposes'] as Json[]).map((row) => [String(row['purpose']), row]));
  }
}

const positionOf = ({ headers }: { headers: Headers }): string => headers.get('symbolon-position')!;

/** What the command line printed, and its status. */
const symbolon = (...args: string[]) => beside(product, ...args);

async function rebuilt(subscription: string): Promise<Rebuild> {
  expect((await call('POST', 'operations/v1/tables/rebuild', { subscription })).status).toBe(202);
  for (;;) {
    const found = ((await call('GET', 'operations/v1/tables/rebuilds')).body['rebuilds'] as Rebuild[]).find((one) => one.subscription === subscription)!;
    if (found.state === 'switched' || found.state === 'failed') return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('the rebuild of a read table while the product runs', () => {
  it('mends what was wrong, says what differed, and loses no write of those that go on', async () => {
    const [changed, missing] = [newName(), newName()];
    for (const purpose of [changed, missing]) await publish(purpose);
    await listed(positionOf(await publish(newName())));
    await owner.query("update consent.purposes_v1 set title = 'Overwritten by hand' where purpose = $1", [changed]);
    await owner.query('delete from consent.purposes_v1 where purpose = $1', [missing]);
    const written: string[] = [];
    let over = false;
    const writers = Array.from({ length: 4 }, async () => {
      while (!over) {
        const purpose = newName();
        if ((await publish(purpose)).status === 201) written.push(purpose);
      }
    });
    const { status, printed } = await symbolon('tables', 'rebuild', 'consent.purposes.v1');
    over = true;
    await Promise.all(writers);
    expect([status, printed]).toEqual([0, expect.stringMatching(/Building the next version beside consent\.purposes_v1[^]*Compared: \d+ rows before, \d+ rebuilt; 1 stood in the old table only, 2 in the rebuilt one only\.\nSwitched: consent\.purposes_v1 is the rebuilt table\.\n$/)]);
    const all = await listed(positionOf(await publish(newName())));
    expect([all.get(changed), all.has(missing)]).toEqual([expect.objectContaining({ title: 'A purpose' }), true]);
    expect(written.length).toBeGreaterThan(0);
    expect(written.filter((purpose) => !all.has(purpose))).toEqual([]);
    expect((await owner.query("select from pg_tables where schemaname = 'consent' and tablename = 'purposes_v2'")).rowCount).toBe(0);
  }, 120_000);

  it('works for a table that a topic fills, and again for one that was rebuilt', async () => {
    const purpose = newName();
    await listed(positionOf(await publish(purpose)));
    for (let there = 0; there === 0; ) there = (await owner.query('select from authentication.purposes_v1 where purpose = $1', [purpose])).rowCount ?? 0;
    await owner.query("update authentication.purposes_v1 set title = 'Overwritten by hand' where purpose = $1", [purpose]);
    expect(await rebuilt('authentication.purposes.v1')).toMatchObject({ state: 'switched', percent: 100, parked: 0, comparison: { onlyLive: 1, onlyNext: 1 } });
    expect((await owner.query('select title from authentication.purposes_v1 where purpose = $1', [purpose])).rows).toEqual([{ title: 'A purpose' }]);
    expect(await rebuilt('authentication.purposes.v1')).toMatchObject({ state: 'switched', comparison: { onlyLive: 0, onlyNext: 0 } });
  }, 60_000);

  it('outlives the request that began it, which has little time', async () => {
    await owner.query('begin');
    await owner.query('lock table profiles.profiles_v1 in access exclusive mode');
    const begun = await fetch(`${product.origin}/api/operations/v1/tables/rebuild`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'symbolon-deadline': '1500' }, body: JSON.stringify({ subscription: 'profiles.profiles.v1' }) });
    await new Promise((resolve) => setTimeout(resolve, 2_500)); // the request is over, the rebuild waits
    await owner.query('rollback');
    expect(begun.status).toBe(202);
    for (let state = 'building'; state !== 'switched'; await new Promise((resolve) => setTimeout(resolve, 50))) {
      state = ((await call('GET', 'operations/v1/tables/rebuilds')).body['rebuilds'] as Rebuild[]).find(({ subscription }) => subscription === 'profiles.profiles.v1')!.state;
      expect(state).not.toBe('failed');
    }
  }, 60_000);

  it('finds every shipped table equal to its rebuild', async () => {
    const client = await newClient(product);
    await register(product, client, { ticked: 'profile:1' });
    const { tables } = (await call('GET', 'operations/v1/tables')).body as { tables: { subscription: string; table: string }[] };
    expect(tables.length).toBeGreaterThan(10);
    for (const { subscription } of tables) expect(await rebuilt(subscription)).toMatchObject({ state: 'switched', parked: 0, comparison: { onlyLive: 0, onlyNext: 0 } });
    const { visitor } = await register(product, client, { ticked: 'profile:1' });
    expect((await visitor.go('/account')).html).toContain('Lovelace');
  }, 120_000);

  it('is refused in words for what fills no table and what does not exist, and while one is under way', async () => {
    const refusal = async (subscription: string) => (await call('POST', 'operations/v1/tables/rebuild', { subscription })).body;
    expect(await refusal('consent.nothing.v1')).toMatchObject({ status: 404, type: 'operations/unknown_subscription' });
    const { tables } = (await call('GET', 'operations/v1/tables')).body as { tables: { subscription: string }[] };
    const { rows } = await owner.query<{ subscription: string }>('select subscription from profiles.followers where subscription <> all ($1)', [tables.map(({ subscription }) => subscription)]);
    expect(rows.length).toBeGreaterThan(0);
    for (const { subscription } of rows) expect(await refusal(subscription)).toMatchObject({ status: 409, type: 'operations/not_a_read_table' });
    const both = await Promise.all([refusal('consent.statuses.v1'), refusal('consent.statuses.v1')]);
    expect(both.map(({ type, state }) => type ?? state).sort()).toEqual(['building', 'operations/rebuild_under_way']);
    expect((await symbolon('tables', 'rebuild', 'consent.nothing.v1')).printed).toContain('No subscription is called consent.nothing.v1; symbolon tables list shows those that fill a read table.');
  }, 60_000);
});

it('a rebuild that would know less than the live table, for its projection fails on events that were handled once, is given up', async () => {
  const name = newName();
  await listed(positionOf(await publish(name, { title: 'Handled once' })));
  await owner.query("alter table consent.purposes_v1 add constraint not_again check (title <> 'Handled once') not valid");
  const { state, fault } = await rebuilt('consent.purposes.v1').finally(() => owner.query('alter table consent.purposes_v1 drop constraint not_again'));
  expect([state, fault]).toEqual(['failed', "The projection failed on events that the live table's follower handled (keys: 1). Mend it first."]);
  expect((await listed(positionOf(await publish(newName())))).get(name)).toMatchObject({ title: 'Handled once' });
}, 60_000);

it('an event that cannot be handled is parked for its key, later ones of the key wait, others flow, and a command mends it', async () => {
  const [poisoned, other] = [newName(), newName()];
  await owner.query("alter table consent.purposes_v1 add constraint no_poison check (title <> 'Poison')");
  await publish(poisoned, { title: 'Poison' });
  await publish(poisoned, { title: 'An antidote', textVersion: 2 });
  const all = await listed(positionOf(await publish(other)));
  expect([all.has(poisoned), all.has(other)]).toEqual([false, true]);
  const parked = async () => ((await call('GET', 'operations/v1/parked')).body['parked'] as Json[]).map(({ subscription, key, error }) => [subscription, key, error]);
  const [first, second] = [['consent.purposes.v1', `purpose-${poisoned}`, expect.stringContaining('no_poison')], ['consent.purposes.v1', `purpose-${poisoned}`, 'waits behind an earlier event of its key']];
  expect(await parked()).toEqual([first, second]);
  expect((await symbolon('parked', 'list')).printed).toContain(`purpose-${poisoned}`);
  expect((await symbolon('parked', 'retry', 'consent.purposes.v1')).printed).toContain('0 handled now, 2 still parked.');
  await owner.query('alter table consent.purposes_v1 drop constraint no_poison');
  expect((await symbolon('parked', 'retry', 'consent.purposes.v1')).printed).toContain('2 handled now, 0 still parked.');
  expect(await parked()).toEqual([]);
  expect((await listed(positionOf(await publish(newName())))).get(poisoned)).toMatchObject({ title: 'An antidote' });
}, 60_000);

describe('?after=', () => {
  it('shows a write to whoever asks with its position', async () => {
    for (let times = 0; times < 20; times += 1) {
      const purpose = newName();
      const position = positionOf(await publish(purpose));
      const { status, body } = await call('GET', `consent/v1/purposes?after=${position}`);
      expect([status, (body['purposes'] as Json[]).some((row) => row['purpose'] === purpose)]).toEqual([200, true]);
    }
  }, 60_000);

  it('answers 202 with Retry-After for a position that is not reached, and shows no older state', async () => {
    const later = `${positionOf(await publish(newName())).slice(0, -8)}ffffffff`;
    const { status, headers, body } = await call('GET', `consent/v1/purposes?after=${later}`);
    expect([status, headers.get('retry-after'), body['purposes']]).toEqual([202, '1', undefined]);
  }, 60_000);

  it.each(['yesterday', '0', '', `${'0'.repeat(20)}z`, 'f'.repeat(21)])('refuses what is no position: %j', async (after) => {
    const { status, body } = await call('GET', `consent/v1/purposes?after=${after}`);
    expect([status, body]).toEqual([400, expect.objectContaining({ errors: [expect.objectContaining({ field: 'after' })] })]);
  });
});
