import { checkAppend, NO_STREAM, sizeOf } from '@symbolon/event-sourcing';
import type { Append, Appended, EventStore, Position, Recorded, StreamName } from '@symbolon/event-sourcing';
import { Connection } from './connection.js';
import { Batches } from './log/batches.js';
import { followLog } from './log/follow.js';
import { LogHeads } from './log/heads.js';
import { position } from './log/position.js';
import { packed } from './log/packed.js';
import { pool } from './pool.js';
import type { Pool } from './pool.js';

/**
 * `url` is the login role's whose streams are written and read. `heads` is shared by all logs of a process (made, and closed, here when left out).
 * `deadline`: milliseconds until a silent engine is `Unavailable`.
 */
export type PostgresLogOptions = Readonly<{ url: string; heads?: LogHeads; deadline?: number }>;

/** An adapter that holds connections. */
export type Closable = Readonly<{ close(): Promise<void> }>;

type Row = Readonly<{ position: string; stream: string; revision: string; id: string; type: string; metadata: Uint8Array; data: Uint8Array }>;
type Answer = Readonly<{ append: number; outcome: 'ok' | 'repeat' | 'conflict'; at: string }>;

const READ = 'select * from es.read($1, $2, $3)';
const FOLLOW = 'select * from es.follow($1, $2, $3, $4)';
const APPEND = { name: 'append', text: 'select append, outcome, at from es.append($1, $2, $3, $4, $5, $6, $7, $8)' };

/** The log of streams in `es.events`. Appends that wait are stored together, on a connection of their own. */
export function postgresEventStore({ url, heads: given, deadline = 5_000 }: PostgresLogOptions): EventStore & Closable {
  const heads = given ?? new LogHeads({ url, deadline });
  const reads = pool({ url, max: 6, deadline, name: 'symbolon reads' });
  const writes = new Connection({ url, deadline, name: 'symbolon appends' });
  const batches = new Batches<Append, Appended>({ most: 128, mostBytes: 4 * 1024 * 1024, size: ({ events }) => sizeOf(events), send: (appends) => send(writes, heads, appends) });
  return {
    append: async (append) => {
      checkAppend(append);
      return batches.add(append);
    },
    read: (stream, from = 0n, limit = 2_147_483_647) => read(reads, heads, stream, from, limit),
    follow: (categories, after, signal) =>
      followLog(
        heads,
        {
          log: 'es',
          parts: categories,
          at: (row: Row) => BigInt(row.position),
          fetch: async (from, until, most) => (await reads.query<Row>(FOLLOW, [categories, from, until, most])).rows,
        },
        recorded,
        after,
        signal,
      ),
    head: async () => {
      const { at, era } = await heads.fresh('es');
      return at === 0n ? undefined : position(at, era);
    },
    close: async () => {
      await batches.idle();
      if (given === undefined) await heads.close();
      await Promise.all([writes.close(), reads.close()]);
    },
  };
}

async function send(writes: Connection, heads: LogHeads, appends: readonly Append[]): Promise<Appended[]> {
  const events = appends.flatMap((append) => append.events);
  const { metas, datas, bodies } = packed(events);
  if (heads.known('es').at === 0n) await heads.fresh('es'); // the era of the first answer
  const { rows } = await writes.query<Answer>(APPEND, [
    appends.map(({ stream }) => stream),
    appends.map(({ expected }) => expected),
    appends.flatMap((append, index) => append.events.map(() => index + 1)),
    events.map(({ id }) => id),
    events.map(({ type }) => type),
    metas,
    datas,
    bodies,
  ]);
  const { era } = heads.known('es');
  const answers = new Array<Appended>(appends.length);
  const stored = rows.filter(({ outcome }) => outcome === 'ok').map(({ append, at }) => ({ at: BigInt(at), append: appends[append - 1]! }));
  for (const { append, outcome, at } of rows) {
    answers[append - 1] = outcome === 'conflict' ? { conflict: BigInt(at) } : { position: position(BigInt(at), era) };
  }
  if (stored.length > 0)
    heads.stored('es', {
      at: stored.reduce((last, { at }) => (at > last ? at : last), 0n),
      count: stored.reduce((sum, { append }) => sum + append.events.length, 0),
      parts: [...new Set(stored.map(({ append }) => categoryOf(append.stream)))],
    });
  return answers;
}

const categoryOf = (stream: StreamName): string => stream.slice(0, stream.indexOf('-'));

async function read(reads: Pool, heads: LogHeads, stream: StreamName, from: bigint, limit: number): ReturnType<EventStore['read']> {
  if (heads.known('es').at === 0n) await heads.fresh('es');
  type Line = { [K in keyof Row]: Row[K] | null } & { last: string };
  const { rows } = await reads.query<Line>(READ, [stream, from, limit]);
  const { era } = heads.known('es');
  const events = rows.filter((row): row is Row & Line => row.position !== null).map((row) => recorded({ ...row, stream }, era));
  return { events, revision: rows[0] ? BigInt(rows[0].last) : NO_STREAM };
}

const recorded = (row: Row, era: number): Recorded => ({
  id: row.id,
  type: row.type,
  metadata: row.metadata,
  data: row.data,
  stream: row.stream as StreamName,
  revision: BigInt(row.revision),
  position: position(BigInt(row.position), era) satisfies Position,
});
