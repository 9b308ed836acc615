import type { Cell, RowChange, Table } from '@symbolon/event-sourcing';
import type { Tx } from './database.js';

type Row = Readonly<Record<string, Cell>>;

/** Columns that an insert must name, by table: read once for each process. */
export type RequiredColumns = Map<string, ReadonlySet<string>>;

/** Writes a batch, already merged by key: one statement for the rows to remove and one for each set of columns to put. Columns that a row does not name keep their value. */
export async function writeRows(tx: Tx, table: Table, changes: readonly RowChange[], known: RequiredColumns): Promise<void> {
  const removed = changes.flatMap((change) => ('remove' in change ? [change.remove] : []));
  if (removed.length > 0) await tx.query(removal(table), [json(removed)]);
  for (const rows of byColumns(changes)) await putGroup(tx, table, rows, known);
}

/** Rows to put, those with the same columns together. */
function byColumns(changes: readonly RowChange[]): Iterable<Row[]> {
  const groups = new Map<string, Row[]>();
  for (const change of changes) {
    if (!('put' in change)) continue;
    const columns = Object.keys(change.put).sort().join('\0');
    const group = groups.get(columns);
    if (group) group.push(change.put);
    else groups.set(columns, [change.put]);
  }
  return groups.values();
}

async function putGroup(tx: Tx, table: Table, rows: readonly Row[], known: RequiredColumns): Promise<void> {
  const columns = Object.keys(rows[0]!).sort();
  const needed = await required(tx, table.name, known);
  const whole = [...needed].every((column) => columns.includes(column));
  await tx.query(whole ? upsert(table, columns) : update(table, columns), [json(rows)]);
}

async function required(tx: Tx, name: string, known: RequiredColumns): Promise<ReadonlySet<string>> {
  const found = known.get(name);
  if (found) return found;
  const { rows } = await tx.query<{ name: string }>(
    `select a.attname as name from pg_catalog.pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attnotnull and not a.atthasdef and a.attidentity = ''`,
    [qualified(name)],
  );
  const columns = new Set(rows.map((row) => row.name));
  known.set(name, columns);
  return columns;
}

const upsert = (table: Table, columns: readonly string[]) => {
  const rest = columns.filter((column) => !table.key.includes(column));
  const action = rest.length === 0 ? 'nothing' : `update set ${rest.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(', ')}`;
  return `insert into ${qualified(table.name)} (${list(columns)}) select ${list(columns)} from ${source(table)} on conflict (${list(table.key)}) do ${action}`;
};

/** Rows that leave out a column which an insert must name can only change what is there; for a row that is not, the insert says what it lacks. */
const update = (table: Table, columns: readonly string[]) => {
  const rest = columns.filter((column) => !table.key.includes(column));
  const same = (one: string, other: string) => table.key.map((column) => `${one}.${quoted(column)} = ${other}.${quoted(column)}`).join(' and ');
  const sets = (rest.length === 0 ? table.key : rest).map((column) => `${quoted(column)} = r.${quoted(column)}`).join(', ');
  return `with r as materialized (select * from ${source(table)}), u as (update ${qualified(table.name)} t set ${sets} from r where ${same('t', 'r')} returning ${table.key.map((column) => `t.${quoted(column)}`).join(', ')})
    insert into ${qualified(table.name)} (${list(columns)}) select ${list(columns)} from r where not exists (select from u where ${same('u', 'r')})`;
};

const removal = (table: Table) => `delete from ${qualified(table.name)} where (${list(table.key)}) in (select ${list(table.key)} from ${source(table)})`;

/** The rows as one parameter; the table's own row type gives every column its type. */
const source = (table: Table) => `json_populate_recordset(null::${qualified(table.name)}, $1)`;

const json = (rows: readonly Row[]): string =>
  JSON.stringify(rows, (_, cell: unknown) => (typeof cell === 'bigint' ? cell.toString() : cell instanceof Uint8Array ? `\\x${Buffer.from(cell).toString('hex')}` : cell));

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const qualified = (name: string) => name.split('.').map(quoted).join('.');
const list = (columns: readonly string[]) => columns.map(quoted).join(', ');
