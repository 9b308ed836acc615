import type { Position } from '../event.js';
import type { Lead, Progress, Step } from '../progress.js';
import type { Cell, Parked } from '../subscription.js';

type Follower = { position: Position | undefined; epoch: number; until: number; seen: Map<string, Position>; parked: Parked[] };
type Row = Record<string, Cell>;

/** Progress that lives as long as the process, with the rows that projections wrote: for specs. With `known`, it refuses other tables. */
export const memoryProgress = (lease = 4_000, known?: readonly string[]): Progress & { rows(table: string): readonly Row[] } => {
  const followers = new Map<string, Follower>();
  const tables = new Map<string, Map<string, Row>>();

  const leadOf = (follower: Follower, epoch: number): Lead => {
    let position = follower.position;
    const held = (): boolean => follower.epoch === epoch;
    const hold = (): boolean => held() && ((follower.until = performance.now() + lease), true);
    return {
      get position() {
        return position;
      },
      commit: async (step) => {
        if (!held() || (step.position !== undefined && follower.position !== undefined && step.position <= follower.position)) return false;
        if (step.table && known && !known.includes(step.table.name)) throw new Error(`there is no table ${step.table.name}`);
        writeRows(tables, step);
        keepPlace(follower, step);
        position = follower.position;
        return hold();
      },
      renew: async () => hold(),
      resign: async () => void (held() && (follower.until = -Infinity)),
      seen: async (keys) => new Map(keys.flatMap((key) => (follower.seen.has(key) ? [[key, follower.seen.get(key)!]] : []))),
      parked: async () => [...follower.parked].sort((a, b) => (a.position < b.position ? -1 : 1)),
    };
  };

  return {
    async lead(subscription) {
      const follower = followers.get(subscription) ?? { position: undefined, epoch: 0, until: -Infinity, seen: new Map<string, Position>(), parked: [] };
      followers.set(subscription, follower);
      if (follower.until > performance.now()) return undefined;
      follower.until = performance.now() + lease;
      return leadOf(follower, ++follower.epoch);
    },
    rows: (table) => [...(tables.get(table)?.values() ?? [])],
  };
};

const keepPlace = (follower: Follower, { position, seen = [], park = [], unpark = [] }: Step): void => {
  follower.position = position ?? follower.position;
  for (const { key, sequence } of seen) if (sequence > (follower.seen.get(key) ?? '')) follower.seen.set(key, sequence);
  const gone = [...park, ...unpark].map(({ key, position: at }) => `${key} ${at}`);
  follower.parked = [...follower.parked.filter(({ key, position: at }) => !gone.includes(`${key} ${at}`)), ...park];
};

const writeRows = (tables: Map<string, Map<string, Row>>, { table, rows = [] }: Step): void => {
  if (!table) return;
  const written = tables.get(table.name) ?? new Map<string, Row>();
  tables.set(table.name, written);
  const keyOf = (row: Readonly<Row>): string => table.key.map((column) => String(row[column])).join('\u0000');
  for (const change of rows) if ('remove' in change) written.delete(keyOf(change.remove));
  for (const change of rows) if ('put' in change) written.set(keyOf(change.put), { ...written.get(keyOf(change.put)), ...change.put });
};
