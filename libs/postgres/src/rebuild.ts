import type { Database, Result, Tx } from './database.js';

/** A read table and the subscription that fills it: `consent.statuses_v1` and `consent.statuses.v1`. */
export type ReadTable = Readonly<{ table: string; subscription: string }>;

/** Rows that stand in one of two tables only; none: they hold the same. */
export type Comparison = Readonly<{ live: number; next: number; onlyLive: number; onlyNext: number }>;

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
    await tx.query(`grant select, insert, update, delete on ${quoted(next.table)} to "${schema}"`);
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
 * Puts the rebuilt table in the live one's place, with its position: one transaction, in which readers wait. Both followers are fenced; the live
 * one goes on from where the rebuilt table stands. False, and nothing done, when the rebuilt table has not come as far as the live one.
 */
export async function switchTables(owner: Database, live: ReadTable, next: ReadTable): Promise<boolean> {
  const [schema, name] = parts(live.table);
  return owner.transaction(async (tx) => {
    const { rows } = await tx.query<{ subscription: string; position: string }>(`select subscription, position from ${schema}.followers where subscription = any ($1) order by subscription for update`, [[live.subscription, next.subscription]]);
    const at = (subscription: string) => rows.find((row) => row.subscription === subscription)?.position ?? '';
    if (at(next.subscription) < at(live.subscription) || at(next.subscription) === '') return false;
    await tx.query(`drop table ${quoted(live.table)}`);
    await tx.query(`alter table ${quoted(next.table)} rename to "${name}"`);
    await tx.query(`update ${schema}.followers set position = $1, epoch = epoch + 1, leased_until = '-infinity' where subscription = $2`, [at(next.subscription), live.subscription]);
    for (const table of ['seen', 'parked']) {
      await tx.query(`delete from ${schema}.${table} where subscription = $1`, [live.subscription]);
      await tx.query(`update ${schema}.${table} set subscription = $1 where subscription = $2`, [live.subscription, next.subscription]);
    }
    await forget(tx, schema, next.subscription);
    return true;
  });
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
