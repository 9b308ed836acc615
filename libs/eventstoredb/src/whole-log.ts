import { NO_STREAM as ABSENT, START } from '@eventstore/db-client';
import type { Position as LogPlace } from '@eventstore/db-client';
import { Invalid } from '@symbolon/event-sourcing';
import type { Recorded, WholeLog } from '@symbolon/event-sourcing';
import { parseAddress } from './address.js';
import { Connection } from './connection.js';
import { all } from './reading.js';
import { recorded, sent } from './records.js';
import type { Given } from './records.js';
import { Watch } from './watch.js';

const PAGE = 500;
/** Nobody waits for an answer here, and the disk may be slow. */
const DEADLINE = 60_000;

type Event = Omit<Recorded, 'position'>;

/** The log of the server at `url` as a whole, without the server's own streams. */
export function eventStoreDBWholeLog(url: string): WholeLog {
  const address = parseAddress(url);
  const connection = new Connection(address, DEADLINE);
  return {
    where: `at ${address.label}`,
    async *read() {
      const era = await new Watch(connection).opened();
      let from: LogPlace | undefined;
      for (;;) {
        const page = await connection.call((client) => all(client, { fromPosition: from ?? START, maxCount: PAGE + (from ? 1 : 0), ...connection.options }));
        const records = page.flatMap(({ event }) => (event && event.position.commit !== from?.commit ? [event as Given] : [])); // reading includes its first place
        for (const event of records) if (!event.streamId.startsWith('$')) yield recorded(event, era);
        if (records.length < PAGE) return;
        from = records.at(-1)!.position;
      }
    },
    write: async (events) => {
      // without credentials of their own, appends travel in one stream and are stored in the order in which they are sent
      const outcomes = await Promise.allSettled(appends(events).map((append) => connection.call((client) => client.appendToStream(append[0]!.stream, append.map(sent), { expectedRevision: append[0]!.revision === 0n ? ABSENT : append[0]!.revision - 1n }))));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw refused(outcome.reason);
    },
    close: () => connection.close(),
  };
}

/** Neighbours of one stream travel together. */
function appends(events: readonly Event[]): Event[][] {
  const all: Event[][] = [];
  for (const event of events) {
    const last = all.at(-1);
    if (last && last[0]!.stream === event.stream && last.length < 50) last.push(event);
    else all.push([event]);
  }
  return all;
}

const refused = (error: unknown): unknown =>
  (error as { type?: unknown }).type === 'wrong-expected-version' ? new Invalid('store/copy_conflict', 'Somebody else writes to the log that is copied to. Stop it, empty the server, and copy again.') : error;
