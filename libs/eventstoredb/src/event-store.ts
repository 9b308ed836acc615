import { BACKWARDS, END, NO_STREAM as ABSENT } from '@eventstore/db-client';
import { checkAppend, Invalid, NO_STREAM } from '@symbolon/event-sourcing';
import type { Append, Appended, EventStore, Recorded, Revision, StreamName } from '@symbolon/event-sourcing';
import { parseAddress } from './address.js';
import { Connection } from './connection.js';
import { followAll } from './follow.js';
import { stream as readStream } from './reading.js';
import { placed, recorded, sent } from './records.js';
import type { Given } from './records.js';
import { Watch } from './watch.js';

/** `url`: `esdb://user:password@host:2113?…`. `deadline`: milliseconds until a silent server is `Unavailable`. */
export type EventStoreDBOptions = Readonly<{ url: string; deadline?: number }>;

/** The log on an EventStoreDB 24 or older. One connection, to be shared by all services of a process. Throws `Invalid` for an address that it cannot read. */
export function eventStoreDB({ url, deadline = 2_000 }: EventStoreDBOptions): EventStore & { close(): Promise<void> } {
  const connection = new Connection(parseAddress(url), deadline);
  const watch = new Watch(connection);
  return {
    append: async (append) => {
      checkAppend(append);
      const era = await watch.opened();
      await connection.sound();
      return store(connection, append, era);
    },
    read: async (name, from = 0n, limit = Number.MAX_SAFE_INTEGER) => {
      const era = await watch.opened();
      await connection.sound(); // what another log says of a stream is no answer
      return read(connection, name, { from, limit, era });
    },
    follow: (categories, after, signal) => followAll(connection, watch, categories, after, signal),
    head: async () => (await watch.fresh()).at,
    close: async () => {
      watch.close();
      await connection.close();
    },
  };
}

async function store(connection: Connection, append: Append, era: number): Promise<Appended> {
  const { stream, expected, events } = append;
  const expectedRevision = expected === NO_STREAM ? ABSENT : expected;
  try {
    const { position } = await connection.call((client) => client.appendToStream(stream, events.map(sent), { expectedRevision, ...connection.options }));
    if (position === undefined) throw new Invalid('store/stream_cut', 'This append was stored before, and its stream was cut off or deleted since with a tool of the event store: where its events lie is not known any more.');
    connection.learn({ ...position, id: events.at(-1)!.id });
    return { position: placed(position, era) };
  } catch (error) {
    const actual = actualRevision(error);
    if (actual === undefined) throw error;
    return (await storedBefore(connection, append, actual, era)) ?? { conflict: actual };
  }
}

/** The revision that a conflict names; undefined for any other error. */
function actualRevision(error: unknown): Revision | undefined {
  const { type, actualVersion } = error as { type?: unknown; actualVersion?: unknown };
  if (type === 'stream-deleted') throw new Invalid('store/stream_deleted', 'This stream was deleted for good with a tool of the event store; nothing can be appended to it.');
  if (type !== 'wrong-expected-version') return undefined;
  return typeof actualVersion === 'bigint' ? actualVersion : NO_STREAM;
}

/** An append that was sent again may be refused although it is there: then its ids lie where it would have put them. */
async function storedBefore(connection: Connection, { stream, expected, events }: Append, actual: Revision, era: number): Promise<Appended | undefined> {
  if (actual < expected + BigInt(events.length)) return undefined;
  const there = await read(connection, stream, { from: expected + 1n, limit: events.length, era });
  return events.every(({ id }, index) => there.events[index]?.id === id) ? { position: there.events.at(-1)!.position } : undefined;
}

type Range = Readonly<{ from: Revision; limit: number; era: number }>;

async function read(connection: Connection, name: StreamName, { from, limit, era }: Range): Promise<{ events: readonly Recorded[]; revision: Revision }> {
  const given = await connection.call((client) => readStream(client, name, { fromRevision: from, maxCount: limit, ...connection.options }));
  const events = given.map(({ event }) => recorded(event as Given, era));
  const isWhole = given.length < limit && given.length > 0;
  return { events, revision: isWhole ? events.at(-1)!.revision : await lastRevision(connection, name) };
}

async function lastRevision(connection: Connection, name: StreamName): Promise<Revision> {
  const [last] = await connection.call((client) => readStream(client, name, { direction: BACKWARDS, fromRevision: END, maxCount: 1, ...connection.options }));
  return last?.event?.revision ?? NO_STREAM;
}
