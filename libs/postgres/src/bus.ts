import { checkMessage, sizeOf } from '@symbolon/event-sourcing';
import type { Bus, Delivered, Message } from '@symbolon/event-sourcing';
import { Connection } from './connection.js';
import type { Closable, PostgresLogOptions } from './event-store.js';
import { Batches } from './log/batches.js';
import { followLog } from './log/follow.js';
import { LogHeads } from './log/heads.js';
import { position } from './log/position.js';
import { packed } from './log/packed.js';
import { pool } from './pool.js';

const PARTITIONS = 12;
const FOLLOW = 'select * from bus.follow($1, $2, $3, $4)';
const PUBLISH = { name: 'publish', text: 'select bus.publish($1, $2, $3, $4, $5, $6, $7, $8, $9) as head' };

type Row = Readonly<{ position: string; topic: string; key: string; partition: number; id: string; type: string; sequence: string; metadata: Uint8Array; data: Uint8Array }>;

/** Events between services in `bus.messages`: the same log as the store's, one topic of it at a time. A message is stored once for its id. */
export function postgresBus({ url, heads: given, deadline = 5_000 }: PostgresLogOptions): Bus & Closable {
  const heads = given ?? new LogHeads({ url, deadline });
  const reads = pool({ url, max: 6, deadline, name: 'symbolon bus reads' });
  const writes = new Connection({ url, deadline, name: 'symbolon publishes' });
  const batches = new Batches<readonly Message[], void>({ most: 128, mostBytes: 4 * 1024 * 1024, size: sizeOf, send: (calls) => send(writes, heads, calls) });
  return {
    publish: async (messages) => {
      messages.forEach(checkMessage);
      if (messages.length > 0) await batches.add(messages);
    },
    // the group's kept place is given as `after`, by whoever leads the group
    follow: (topic, _group, after, signal) =>
      followLog(
        heads,
        {
          log: 'bus',
          parts: [topic],
          at: (row: Row) => BigInt(row.position),
          fetch: async (from, until, most) => (await reads.query<Row>(FOLLOW, [topic, from, until, most])).rows,
        },
        (row, era): Delivered => ({ ...row, position: position(BigInt(row.position), era) }),
        after,
        signal,
      ),
    close: async () => {
      await batches.idle();
      if (given === undefined) await heads.close();
      await Promise.all([writes.close(), reads.close()]);
    },
  };
}

async function send(writes: Connection, heads: LogHeads, calls: readonly (readonly Message[])[]): Promise<void[]> {
  const messages = calls.flat();
  const { metas, datas, bodies } = packed(messages);
  const { rows } = await writes.query<{ head: string }>(PUBLISH, [
    messages.map(({ topic }) => topic),
    messages.map(({ key }) => key),
    messages.map(({ key }) => partitionOf(key)),
    messages.map(({ id }) => id),
    messages.map(({ type }) => type),
    messages.map(({ sequence }) => sequence),
    metas,
    datas,
    bodies,
  ]);
  if (rows[0]) heads.stored('bus', { at: BigInt(rows[0].head), count: messages.length, parts: [...new Set(messages.map(({ topic }) => topic))] });
  return calls.map(() => undefined);
}

/** FNV-1a of the key's bytes: which of the topic's twelve parts it belongs to. */
export function partitionOf(key: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % PARTITIONS;
}
