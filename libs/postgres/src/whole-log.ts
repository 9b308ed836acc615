import type { Recorded, StreamName, WholeLog } from '@symbolon/event-sourcing';
import type { Database } from './database.js';
import { packed } from './log/packed.js';
import { position } from './log/position.js';

type Row = Readonly<{ position: string; stream: string; revision: string; id: string; type: string; metadata: Uint8Array; data: Uint8Array }>;

const PAGE = 1_000;
const READ = 'select position, stream, revision, id::text, type, metadata, data from es.events where position > $1 order by position limit $2';
/** As `es.append` does it, but at given revisions and for every category; the lock is that of `es.append`. */
const LOCK = 'select pg_advisory_xact_lock(741001)';
const WRITE = `
  insert into es.events (position, stream, revision, id, type, metadata, data)
  select (select coalesce(max(position), 0) from es.events) + n, s, r, i, t, substr($7::bytea, start, m), substr($7::bytea, start + m, d)
  from (
    select *, (1 + sum(m + d) over (order by n) - m - d)::int as start
    from unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[], $5::int[], $6::int[]) with ordinality u(s, r, i, t, m, d, n)
  ) given`;

/** `es.events` as a whole. `database` is the owner's, and stays open. */
export const postgresWholeLog = (database: Database): WholeLog => ({
  where: 'in the database',
  async *read() {
    const { rows: eras } = await database.query<{ era: number }>('select era from es.head()');
    for (let after = '0'; ; ) {
      const { rows } = await database.query<Row>(READ, [after, PAGE]);
      for (const row of rows) yield recorded(row, eras[0]?.era ?? 0);
      if (rows.length < PAGE) return;
      after = rows.at(-1)!.position;
    }
  },
  write: (events) =>
    database.transaction(async (tx) => {
      const { metas, datas, bodies } = packed(events);
      await tx.query(LOCK);
      await tx.query(WRITE, [events.map(({ stream }) => stream), events.map(({ revision }) => revision), events.map(({ id }) => id), events.map(({ type }) => type), metas, datas, bodies]);
    }),
  close: async () => undefined,
});

const recorded = (row: Row, era: number): Recorded => ({ ...row, stream: row.stream as StreamName, revision: BigInt(row.revision), position: position(BigInt(row.position), era) });
