import { NO_STREAM as ABSENT, START } from '@eventstore/db-client';
import type { Position as LogPlace } from '@eventstore/db-client';
import { Invalid, sizeOf } from '@symbolon/event-sourcing';
import type { Recorded, WholeLog } from '@symbolon/event-sourcing';
import { parseAddress } from './address.js';
import { Connection } from './connection.js';
import { all } from './reading.js';
import { recorded, sent } from './records.js';
import type { Given } from './records.js';
import { Watch } from './watch.js';

const PAGE = 500;
/** Bytes of one append. */
const MOST = 256 * 1024;
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
      const [first, ...rest] = appends(events).map((append) => () => store(connection, append));
      await first?.(); // whoever comes first opens the stream that all travel in, and would be overtaken by the others
      const outcomes = await Promise.allSettled(rest.map((send) => send()));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    },
    close: () => connection.close(),
  };
}

/** Without credentials of their own, appends travel in one stream and are stored in the order in which they are sent. */
async function store(connection: Connection, append: readonly Event[]): Promise<void> {
  const { stream, revision } = append[0]!;
  try {
    await connection.call((client) => client.appendToStream(stream, append.map(sent), { expectedRevision: revision === 0n ? ABSENT : revision - 1n }));
  } catch (error) {
    if ((error as { type?: unknown }).type !== 'wrong-expected-version') throw error;
    throw new Invalid('store/copy_conflict', 'Somebody else writes to the log that is copied to. Stop it, empty the server, and copy again.');
  }
}

/** Neighbours of one stream travel together, as far as one append may hold them. */
function appends(events: readonly Event[]): Event[][] {
  const groups: Event[][] = [];
  for (const event of events) {
    const last = groups.at(-1);
    if (last && last[0]!.stream === event.stream && sizeOf([...last, event]) < MOST) last.push(event);
    else groups.push([event]);
  }
  return groups;
}
