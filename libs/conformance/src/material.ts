import { randomUUID } from 'node:crypto';
import type { Delivered, Message, NewEvent, Passed, Position, Recorded, StreamName } from '@symbolon/event-sourcing';

const quick = process.env['SYMBOLON_CONFORMANCE'] === 'quick';

/** Counts are smaller where only the verdict matters, as for mutants. */
export const many = (usual: number, quickly: number): number => (quick ? quickly : usual);

/** A generous guard, never an assertion. A run of mutants sets guards of its own. */
export const GUARD = 60_000;

export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
export const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');
export const newEvent = (data = '{"a":1}', id: string = randomUUID()): NewEvent => ({ id, type: 'test.v1.Happened', metadata: bytes('{"m":1}'), data: bytes(data) });
export const newEvents = (count: number): NewEvent[] => Array.from({ length: count }, () => newEvent());
export const newStream = (category = 'alpha'): StreamName => `${category}-${randomUUID()}`;
export const newTopic = (): string => `symbolon.conformance.${randomUUID()}.v1`;

export const newMessage = (topic: string, key: string, sequence: number, data = '{}'): Message => ({
  ...newEvent(data),
  topic,
  key,
  sequence: sequence.toString(16).padStart(20, '0'),
});

/** Takes what `follow` gives until `enough`. */
export const take = async <T extends Recorded | Delivered>(
  follow: (signal: AbortSignal) => AsyncIterable<T | Passed>,
  enough: (events: readonly T[], passed: Position | undefined) => boolean,
): Promise<T[]> => {
  const over = new AbortController();
  const events: T[] = [];
  if (enough(events, undefined)) return events;
  for await (const item of follow(over.signal)) {
    if (!('passed' in item)) events.push(item);
    if (enough(events, 'passed' in item ? item.passed : undefined)) break;
  }
  over.abort();
  return events;
};

/** An order that nobody chose. */
export const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);

/** Again until the engine that came back is noticed. */
export const onceAvailable = async <T>(work: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error && error.name === 'Unavailable')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
};
