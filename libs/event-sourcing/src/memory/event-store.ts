import { Invalid, type Append, type Appended, type EventStore } from '../event-store.js';
import type { Passed, Position, Recorded } from '../event.js';
import { NO_STREAM } from '../event.js';
import { position } from '../position.js';
import { checkAppend } from '../storable.js';
import { Ring } from './ring.js';

/** A log that lives as long as the process: for specs. */
export const memoryEventStore = (): EventStore => {
  const log: Recorded[] = [];
  const ring = new Ring();
  const streams = new Map<string, Recorded[]>();
  const streamOf = (stream: string): Recorded[] => streams.get(stream) ?? [];

  return {
    async append(append: Append): Promise<Appended> {
      checkAppend(append);
      const stream = streamOf(append.stream);
      const revision = BigInt(stream.length) - 1n;
      if (revision !== append.expected) {
        const there = stream.slice(Number(append.expected) + 1, Number(append.expected) + 1 + append.events.length);
        const isRepeat = append.expected < revision && there.length === append.events.length && there.every(({ id }, index) => id === append.events[index]!.id);
        return isRepeat ? { position: there.at(-1)!.position } : { conflict: revision };
      }
      for (const event of append.events) {
        const copy = { metadata: event.metadata.slice(), data: event.data.slice() };
        const recorded = { ...event, ...copy, stream: append.stream, revision: BigInt(stream.length), position: position(0, BigInt(log.length + 1)) };
        log.push(recorded);
        stream.push(recorded);
      }
      streams.set(append.stream, stream);
      ring.ring();
      return { position: log.at(-1)!.position };
    },

    async read(stream, from = 0n, limit = Infinity) {
      const events = streamOf(stream);
      const first = Number(from);
      return { events: events.slice(first, first + limit), revision: events.length === 0 ? NO_STREAM : BigInt(events.length) - 1n };
    },

    async *follow(categories, after, signal): AsyncIterable<Recorded | Passed> {
      if (after !== undefined && after > (log.at(-1)?.position ?? '')) throw new Invalid('store/position_beyond_log', 'the log does not reach this position');
      let next = after === undefined ? 0 : log.findIndex((event) => event.position > after);
      if (next < 0) next = log.length;
      while (!signal.aborted) {
        const rung = ring.wait(signal);
        let passed: Position | undefined;
        for (; next < log.length && !signal.aborted; next++) {
          const event = log[next]!;
          const wanted = categories.includes(event.stream.slice(0, event.stream.indexOf('-')));
          passed = wanted ? undefined : event.position;
          if (wanted) yield event;
        }
        if (passed !== undefined) yield { passed };
        else await rung;
      }
    },

    async head() {
      return log.at(-1)?.position;
    },
  };
};
