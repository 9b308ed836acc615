import type { Lead, Parked, Position, Progress, Step } from '@symbolon/event-sourcing';
import type { Database, Tx } from './database.js';
import { Leases } from './leases.js';
import type { Leased } from './leases.js';
import { writeRows } from './rows.js';
import type { KnownColumns } from './rows.js';

/** `database` runs under the service's role; `schema` is the service's. `leases` is shared by all services of a process (made here when left out). */
export type PostgresProgressOptions = Readonly<{ database: Database; schema: string; leases?: Leases }>;

/** Where a service's subscriptions stand: tables `followers`, `seen` and `parked` of its schema. */
export function postgresProgress({ database, schema, leases = new Leases(database) }: PostgresProgressOptions): Progress {
  const known: KnownColumns = new Map();
  const others = new LedByOthers(database, schema);
  return {
    lead: async (subscription, owner) => {
      if (await others.lead(subscription)) return undefined;
      await database.query(`insert into ${schema}.followers (subscription) values ($1) on conflict do nothing`, [subscription]);
      const { rows } = await database.query<{ epoch: string; position: string }>(
        `update ${schema}.followers set epoch = epoch + 1, owner = $2, leased_until = clock_timestamp() + '4 s' where subscription = $1 and es.held_until(owner, leased_until) < clock_timestamp() returning epoch, position`,
        [subscription, owner],
      );
      const [held] = rows;
      if (held === undefined) {
        others.tried(subscription);
        return undefined;
      }
      const lease = { owner, schema, subscription, epoch: held.epoch };
      leases.add(lease);
      return new PostgresLead({ ...lease, database, leases, known }, held.position || undefined);
    },
  };
}

/** Loops that wait for a lead ask within this time of each other, and are told the same. Milliseconds. */
const SHARED = 100;

/** What a process may not lead just now: one look for all its loops that wait, instead of an attempt by each. */
class LedByOthers {
  private readonly names = new Set<string>();
  private at = Number.NEGATIVE_INFINITY;
  private led: Promise<ReadonlySet<string>> | undefined;

  constructor(
    private readonly database: Database,
    private readonly schema: string,
  ) {}

  /** Somebody else led it: the next attempt looks first. */
  tried(subscription: string): void {
    this.names.add(subscription);
  }

  /** Whether somebody leads it; false also where nobody has looked yet. */
  async lead(subscription: string): Promise<boolean> {
    if (!this.names.has(subscription)) return false;
    if (performance.now() - this.at > SHARED) [this.led, this.at] = [this.look(), performance.now()];
    return (await this.led)?.has(subscription) ?? false;
  }

  private async look(): Promise<ReadonlySet<string>> {
    const { rows } = await this.database.query<{ subscription: string }>(`select subscription from ${this.schema}.followers where es.held_until(owner, leased_until) >= clock_timestamp()`);
    return new Set(rows.map((row) => row.subscription));
  }
}

type Held = Leased & Readonly<{ database: Database; leases: Leases; known: KnownColumns }>;

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
    return this.held.leases.renew(this.held);
  }

  async resign(): Promise<void> {
    const { database, leases, schema, subscription, epoch } = this.held;
    leases.drop(this.held);
    await database.query(`update ${schema}.followers set owner = null, leased_until = '-infinity' where subscription = $1 and epoch = $2`, [subscription, epoch]);
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
    const { leases, schema, subscription, epoch, owner } = this.held;
    leases.add(this.held); // one that stood still and comes back is renewed again
    if (position === undefined || position === this.at) return stillHeld(tx, this.held);
    const { rowCount } = await tx.query(`update ${schema}.followers set position = $1, owner = $4, leased_until = clock_timestamp() + '4 s' where subscription = $2 and epoch = $3 and position < $1`, [position, subscription, epoch, owner]);
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

async function stillHeld(on: Tx, { schema, subscription, epoch, owner }: Held): Promise<boolean> {
  const { rowCount } = await on.query(`update ${schema}.followers set owner = $3, leased_until = clock_timestamp() + '4 s' where subscription = $1 and epoch = $2`, [subscription, epoch, owner]);
  return rowCount === 1;
}
