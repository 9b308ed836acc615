import type { Database, Result, Tx } from './database.js';

/** A read table and the subscription that fills it: `consent.statuses_v1` and `consent.statuses.v1`. */
export type ReadTable = Readonly<{ table: string; subscription: string }>;

/** Rows that stand in one of two tables only; none: they hold the same. */
export type Comparison = Readonly<{ live: number; next: number; onlyLive: number; onlyNext: number }>;

/** Lets the next follower come exactly to `position`, where the live one is held meanwhile, so within two seconds; false: it did not. '' is the log's start. */
export type Reach = (position: string) => Promise<boolean>;

/** The version after this one. */
export function nextVersion({ table, subscription }: ReadTable): ReadTable {
  const number = Number(/_v(\d+)$/.exec(table)?.[1]);
  if (!number || !subscription.endsWith(`.v${number}`)) throw new Error(`${table} and ${subscription} do not end in the same version`);
  return { table: table.replace(/\d+$/, String(number + 1)), subscription: subscription.replace(/\d+$/, String(number + 1)) };
}

/**
 * Makes an empty table beside the live one, of the same form and rights; answers what to fill it with: the live projection under the next
 * subscription's name follows from the log's start, while the live one goes on. `owner` owns the schema. Repeatable: an earlier try is thrown away.
 */
export async function buildBeside(owner: Database, live: ReadTable): Promise<ReadTable> {
  const next = nextVersion(live);
  const [schema] = parts(live.table);
  await owner.transaction(async (tx) => {
    await tx.query(`drop table if exists ${quoted(next.table)}`);
    await tx.query(`create table ${quoted(next.table)} (like ${quoted(live.table)} including all)`);
    const { rows } = await tx.query<{ role: string }>('select quote_ident(role) as role from es.services where service = $1', [schema]);
    await tx.query(`grant select, insert, update, delete on ${quoted(next.table)} to ${rows[0]?.role}`);
    await forget(tx, schema, next.subscription);
  });
  return next;
}

/** Compares row by row, all columns but `ignore` (such as a position that two builds may write differently). */
export async function compareTables(owner: Tx, live: ReadTable, next: ReadTable, ignore: readonly string[] = []): Promise<Comparison> {
  const rows = (table: string) => `select (to_jsonb(t) - $1::text[])::text as row from ${quoted(table)} t`;
  const only = (one: string, other: string) => `(select count(*)::int from (${rows(one)} except all ${rows(other)}) d)`;
  const { rows: found }: Result<Comparison> = await owner.query<Comparison>(
    `select (select count(*)::int from ${quoted(live.table)}) as live, (select count(*)::int from ${quoted(next.table)}) as next, ${only(live.table, next.table)} as "onlyLive", ${only(next.table, live.table)} as "onlyNext"`,
    [ignore],
  );
  return found[0]!;
}

/**
 * Compares while both go on: it looks at the moment at which both stood at one place, and holds them there only until that look has begun. Undefined:
 * the rebuilt table did not come to the live one's place.
 */
export const compareAtOnePlace = (owner: Database, live: ReadTable, next: ReadTable, reach: Reach): Promise<Comparison | undefined> =>
  owner.transaction(async (reader) => {
    await reader.query('set transaction isolation level repeatable read');
    const begun = await atOnePlace(owner, live, next, reach, async (tx) => {
      const { rows } = await tx.query<{ id: string }>('select pg_export_snapshot() as id');
      await reader.query(`set transaction snapshot '${rows[0]!.id}'`);
    });
    return begun ? compareTables(reader, live, next) : undefined;
  });

/**
 * Puts the rebuilt table in the live one's place: one transaction, in which readers wait. The live follower is fenced, and goes on from where the rebuilt
 * table stands; the other one must have ended by the time `reach` answers. False, and nothing done: the rebuilt table did not come to the live one's place.
 */
export const switchTables = (owner: Database, live: ReadTable, next: ReadTable, reach: Reach): Promise<boolean> =>
  atOnePlace(owner, live, next, reach, async (tx) => {
    const [schema, name] = parts(live.table);
    await tx.query(`drop table ${quoted(live.table)}`);
    await tx.query(`alter table ${quoted(next.table)} rename to "${name}"`);
    await tx.query(`update ${schema}.followers set epoch = epoch + 1, owner = null, leased_until = '-infinity' where subscription = $1`, [live.subscription]);
    for (const table of ['seen', 'parked']) {
      await tx.query(`delete from ${schema}.${table} where subscription = $1`, [live.subscription]);
      await tx.query(`update ${schema}.${table} set subscription = $1 where subscription = $2`, [live.subscription, next.subscription]);
    }
    await forget(tx, schema, next.subscription);
  });

/** How many keys the rebuilt table's follower had to park that the live one handled. */
export async function parkedBeyond(owner: Tx, live: ReadTable, next: ReadTable): Promise<number> {
  const parked = `select key from ${parts(live.table)[0]}.parked where subscription =`;
  const { rows } = await owner.query<{ keys: string }>(`select count(*) as keys from (${parked} $1 except ${parked} $2) more`, [next.subscription, live.subscription]);
  return Number(rows[0]?.keys ?? 0);
}

/** Throws a table away that was built beside the live one, with all that is known of its follower. */
export const discard = (owner: Database, next: ReadTable): Promise<void> =>
  owner.transaction(async (tx) => {
    await tx.query(`drop table if exists ${quoted(next.table)}`);
    await forget(tx, parts(next.table)[0], next.subscription);
  });

/** Whether somebody, perhaps another process, fills the table beside the live one just now. */
export async function isBeingBuilt(owner: Tx, live: ReadTable): Promise<boolean> {
  const { rows } = await owner.query(`select from ${parts(live.table)[0]}.followers where subscription = $1 and es.held_until(owner, leased_until) > clock_timestamp()`, [nextVersion(live).subscription]);
  return rows.length > 0;
}

/** Holds the live follower where it is and, once `reach` says that the next one came there too, that one as well; then does `work`. */
async function atOnePlace(owner: Database, live: ReadTable, next: ReadTable, reach: Reach, work: (tx: Tx) => Promise<void>): Promise<boolean> {
  const [schema] = parts(live.table);
  return owner.transaction(async (tx) => {
    const held = await heldPlace(tx, schema, live.subscription);
    if (!(await reach(held)) || (await heldPlace(tx, schema, next.subscription)) !== held) return false;
    await work(tx);
    return true;
  });
}

/** A follower's place; it writes nothing until the transaction has ended. */
async function heldPlace(tx: Tx, schema: string, subscription: string): Promise<string> {
  const { rows } = await tx.query<{ position: string }>(`select position from ${schema}.followers where subscription = $1 for update`, [subscription]);
  return rows[0]?.position ?? '';
}

async function forget(tx: Tx, schema: string, subscription: string): Promise<void> {
  for (const table of ['followers', 'seen', 'parked']) await tx.query(`delete from ${schema}.${table} where subscription = $1`, [subscription]);
}

function parts(table: string): [schema: string, name: string] {
  const [schema, name, more] = table.split('.');
  if (!schema || !name || more !== undefined || !/^[a-z0-9_.]+$/.test(table)) throw new Error(`not a read table's name: ${table}`);
  return [schema, name];
}

const quoted = (table: string): string => {
  const [schema, name] = parts(table);
  return `"${schema}"."${name}"`;
};
