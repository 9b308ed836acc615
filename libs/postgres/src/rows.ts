import type { Cell, RowChange, Table } from '@symbolon/event-sourcing';
import type { Tx } from './database.js';

type Row = Readonly<Record<string, Cell>>;

/** A column: its type, and whether an insert must name it. */
type Column = Readonly<{ type: string; needed: boolean }>;

/** Columns by table and name: read once for each process. */
export type KnownColumns = Map<string, ReadonlyMap<string, Column>>;

/** Writes a batch, already merged by key: one statement for the rows to remove and one for each set of columns to put. Columns that a row does not name keep their value. */
export async function writeRows(tx: Tx, table: Table, changes: readonly RowChange[], known: KnownColumns): Promise<void> {
  const columns = await columnsOf(tx, table.name, known);
  const removed = changes.flatMap((change) => ('remove' in change ? [change.remove] : []));
  if (removed.length > 0) await tx.query(removal(table, columns), parameters(removed, table.key, columns));
  for (const rows of byColumns(changes)) await putGroup(tx, table, rows, columns);
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

async function putGroup(tx: Tx, table: Table, rows: readonly Row[], known: ReadonlyMap<string, Column>): Promise<void> {
  const columns = Object.keys(rows[0]!).sort();
  const whole = [...known].every(([name, { needed }]) => !needed || columns.includes(name));
  await tx.query((whole ? upsert : update)(table, columns, known), parameters(rows, columns, known));
}

async function columnsOf(tx: Tx, name: string, known: KnownColumns): Promise<ReadonlyMap<string, Column>> {
  const found = known.get(name);
  if (found) return found;
  const { rows } = await tx.query<Column & { name: string }>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull and not a.atthasdef and a.attidentity = '' as needed
     from pg_catalog.pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped`,
    [qualified(name)],
  );
  const columns = new Map(rows.map(({ name: column, ...rest }) => [column, rest]));
  known.set(name, columns);
  return columns;
}

const upsert = (table: Table, columns: readonly string[], known: ReadonlyMap<string, Column>) => {
  const rest = columns.filter((column) => !table.key.includes(column));
  const action = rest.length === 0 ? 'nothing' : `update set ${rest.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(', ')}`;
  return `insert into ${qualified(table.name)} (${list(columns)}) select ${list(columns)} from ${source(columns, known)} on conflict (${list(table.key)}) do ${action}`;
};

/** Rows that leave out a column which an insert must name can only change what is there; for a row that is not, the insert says what it lacks. */
const update = (table: Table, columns: readonly string[], known: ReadonlyMap<string, Column>) => {
  const rest = columns.filter((column) => !table.key.includes(column));
  const same = (one: string, other: string) => table.key.map((column) => `${one}.${quoted(column)} = ${other}.${quoted(column)}`).join(' and ');
  const sets = (rest.length === 0 ? table.key : rest).map((column) => `${quoted(column)} = r.${quoted(column)}`).join(', ');
  return `with r as materialized (select * from ${source(columns, known)}), u as (update ${qualified(table.name)} t set ${sets} from r where ${same('t', 'r')} returning ${table.key.map((column) => `t.${quoted(column)}`).join(', ')})
    insert into ${qualified(table.name)} (${list(columns)}) select ${list(columns)} from r where not exists (select from u where ${same('u', 'r')})`;
};

const removal = (table: Table, known: ReadonlyMap<string, Column>) => `delete from ${qualified(table.name)} where (${list(table.key)}) in (select ${list(table.key)} from ${source(table.key, known)})`;

/** The rows, one parameter for each column: much cheaper than JSON that the engine has to take apart. A text becomes the column's type as if it were typed in. */
const source = (columns: readonly string[], known: ReadonlyMap<string, Column>) => {
  const typed = columns.map((column, index) => `c${index}::${known.get(column)?.type ?? 'text'} as ${quoted(column)}`);
  return `(select ${typed.join(', ')} from unnest(${columns.map((_, index) => `$${index + 1}::text[]`).join(', ')}) u(${columns.map((_, index) => `c${index}`).join(', ')})) r`;
};

/** One array for each column. */
const parameters = (rows: readonly Row[], columns: readonly string[], known: ReadonlyMap<string, Column>): string[] =>
  columns.map((column) => {
    const asJson = /^jsonb?$/.test(known.get(column)?.type ?? '');
    return arrayOf(rows.map(({ [column]: cell }) => (asJson && cell !== null && cell !== undefined ? JSON.stringify(cell) : textOf(cell))));
  });

/** A cell as the engine would read it; null stays null. */
function textOf(cell: Cell | undefined): string | null {
  if (cell === null || cell === undefined) return null;
  if (typeof cell === 'string') return cell;
  if (typeof cell !== 'object') return String(cell);
  if (cell instanceof Uint8Array) return `\\x${Buffer.from(cell).toString('hex')}`;
  return Array.isArray(cell) ? arrayOf(cell as readonly string[]) : JSON.stringify(cell);
}

const ESCAPED = /["\\]/;

function arrayOf(texts: readonly (string | null)[]): string {
  let literal = '{';
  for (const [index, text] of texts.entries()) {
    if (index > 0) literal += ',';
    literal += text === null ? 'NULL' : `"${ESCAPED.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`;
  }
  return `${literal}}`;
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const qualified = (name: string) => name.split('.').map(quoted).join('.');
const list = (columns: readonly string[]) => columns.map(quoted).join(', ');
