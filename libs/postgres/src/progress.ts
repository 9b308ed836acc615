import type { Lead, Parked, Position, Progress, Step } from '@symbolon/event-sourcing';
import type { Database, Tx } from './database.js';
import { writeRows } from './rows.js';
import type { KnownColumns } from './rows.js';

/** `database` runs under the service's role; `schema` is the service's. */
export type PostgresProgressOptions = Readonly<{ database: Database; schema: string }>;

/** Where a service's subscriptions stand: tables `followers`, `seen` and `parked` of its schema. */
export function postgresProgress({ database, schema }: PostgresProgressOptions): Progress {
  const known: KnownColumns = new Map();
  return {
    lead: async (subscription, owner) => {
      await database.query(`insert into ${schema}.followers (subscription) values ($1) on conflict do nothing`, [subscription]);
      const { rows } = await database.query<{ epoch: string; position: string }>(
        `update ${schema}.followers set epoch = epoch + 1, owner = $2, leased_until = clock_timestamp() + '4 s' where subscription = $1 and leased_until < clock_timestamp() returning epoch, position`,
        [subscription, owner],
      );
      const held = rows[0];
      return held && new PostgresLead({ database, schema, subscription, epoch: held.epoch, known }, held.position || undefined);
    },
  };
}

type Held = Readonly<{ database: Database; schema: string; subscription: string; epoch: string; known: KnownColumns }>;

/**
 * From this many rows a step is catching up, and need not wait for the disk: a crash of the machine may then undo the last steps, rows and position
 * together, and they are done again.
 */
const CATCHING_UP = 100;

/** Rolls the step back; never leaves this file. */
class Fenced extends Error {}

class PostgresLead implements Lead {
  constructor(
    private readonly held: Held,
    private at: Position | undefined,
  ) {}

  get position(): Position | undefined {
    return this.at;
  }

  async commit(step: Step): Promise<boolean> {
    if (movesOnly(step)) {
      const held = await this.fence(this.held.database, step.position);
      if (held) this.at = step.position ?? this.at;
      return held;
    }
    try {
      await this.held.database.transaction(async (tx) => {
        if (!(await this.fence(tx, step.position))) throw new Fenced();
        if ((step.rows?.length ?? 0) >= CATCHING_UP) await tx.query('set local synchronous_commit = off');
        await this.write(tx, step);
      });
      this.at = step.position ?? this.at;
      return true;
    } catch (error) {
      if (error instanceof Fenced) return false;
      throw error;
    }
  }

  async renew(): Promise<boolean> {
    return renewed(this.held.database, this.held);
  }

  async resign(): Promise<void> {
    const { database, schema, subscription, epoch } = this.held;
    await database.query(`update ${schema}.followers set leased_until = '-infinity' where subscription = $1 and epoch = $2`, [subscription, epoch]);
  }

  async seen(keys: readonly string[]): Promise<ReadonlyMap<string, Position>> {
    const { database, schema, subscription } = this.held;
    const { rows } = await database.query<{ key: string; position: string }>(`select key, position from ${schema}.seen where subscription = $1 and key = any ($2)`, [subscription, keys]);
    return new Map(rows.map(({ key, position }) => [key, position]));
  }

  async parked(): Promise<readonly Parked[]> {
    const { database, schema, subscription } = this.held;
    const { rows } = await database.query<Parked>(`select key, position, event, error, attempts from ${schema}.parked where subscription = $1 order by position, key`, [subscription]);
    return rows;
  }

  /** First statement of each step: locks the row of this epoch, or finds that somebody else leads. A step that only handles what was parked stays where it is. */
  private async fence(tx: Tx, position: Position | undefined): Promise<boolean> {
    if (position === undefined || position === this.at) return renewed(tx, this.held);
    const { schema, subscription, epoch } = this.held;
    const { rowCount } = await tx.query(`update ${schema}.followers set position = $1, leased_until = clock_timestamp() + '4 s' where subscription = $2 and epoch = $3 and position < $1`, [position, subscription, epoch]);
    return rowCount === 1;
  }

  private async write(tx: Tx, { table, rows = [], seen = [], park = [], unpark = [] }: Step): Promise<void> {
    const { schema, subscription, known } = this.held;
    if (table && rows.length > 0) await writeRows(tx, table, rows, known);
    if (seen.length > 0)
      await tx.query(
        `insert into ${schema}.seen (subscription, key, position) select $1, k, max(p collate "C") from unnest($2::text[], $3::text[]) u(k, p) group by k
         on conflict (subscription, key) do update set position = excluded.position where seen.position < excluded.position`,
        [subscription, seen.map(({ key }) => key), seen.map(({ sequence }) => sequence)],
      );
    if (unpark.length > 0)
      await tx.query(`delete from ${schema}.parked where subscription = $1 and (key, position) in (select k, p from unnest($2::text[], $3::text[]) u(k, p))`, [subscription, unpark.map(({ key }) => key), unpark.map(({ position }) => position)]);
    if (park.length > 0)
      await tx.query(
        `insert into ${schema}.parked (subscription, key, position, event, error, attempts) select $1, k, p, v, e, a from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::int[]) u(k, p, v, e, a)
         on conflict (subscription, key, position) do update set error = excluded.error, attempts = excluded.attempts`,
        [subscription, park.map(({ key }) => key), park.map(({ position }) => position), park.map(({ event }) => event), park.map(({ error }) => error.replaceAll('\0', '')), park.map(({ attempts }) => attempts)],
      );
  }
}

/** Nothing becomes true but the place: one statement is a transaction of its own. */
const movesOnly = ({ rows = [], seen = [], park = [], unpark = [] }: Step): boolean => [rows, seen, park, unpark].every(({ length }) => length === 0);

async function renewed(on: Tx, { schema, subscription, epoch }: Held): Promise<boolean> {
  const { rowCount } = await on.query(`update ${schema}.followers set leased_until = clock_timestamp() + '4 s' where subscription = $1 and epoch = $2`, [subscription, epoch]);
  return rowCount === 1;
}
