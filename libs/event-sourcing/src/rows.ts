import type { Cell, RowChange, Table } from './subscription.js';

type Row = Readonly<Record<string, Cell>>;

/** What remains to be written of many changes: one removal and one put of each key at most, removals first. */
export const mergeRows = (table: Table, changes: readonly RowChange[]): RowChange[] => {
  const byKey = new Map<string, { removed?: Row; row?: Row }>();
  for (const change of changes) {
    const row = 'put' in change ? change.put : change.remove;
    const key = keyOf(table, row);
    const before = byKey.get(key);
    byKey.set(key, 'put' in change ? { ...before, row: { ...before?.row, ...change.put } } : { removed: keyColumns(table, row) });
  }
  const merged = [...byKey.values()];
  return [
    ...merged.flatMap(({ removed }) => (removed ? [{ remove: removed }] : [])),
    ...merged.flatMap(({ row }) => (row ? [{ put: row }] : [])),
  ];
};

const keyColumns = (table: Table, row: Row): Row => Object.fromEntries(table.key.map((column) => [column, row[column]!]));

const keyOf = (table: Table, row: Row): string =>
  JSON.stringify(
    table.key.map((column) => {
      const cell = row[column];
      if (cell === undefined || cell === null) throw new Error(`a row of ${table.name} lacks its key column ${column}`);
      return typeof cell === 'bigint' ? String(cell) : cell;
    }),
  );
