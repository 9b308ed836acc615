import type { Passed, Position } from './event.js';

/** A public event on its way: `key` orders (subject or stream), `sequence` is the position of the event it was published from. */
export type Message = Readonly<{ topic: string; key: string; id: string; type: string; sequence: Position; metadata: Uint8Array; data: Uint8Array }>;

/** A message as a follower receives it; `position` is its place in the bus (opaque, ordered within one `partition`). */
export type Delivered = Message & Readonly<{ partition: number; position: Position }>;

/**
 * Events between services. Order holds for one key of one topic and nowhere else. Delivery is at least once.
 * `publish` resolves when the engine has stored all messages durably; throws `Unavailable` otherwise.
 */
export interface Bus {
  publish(messages: readonly Message[]): Promise<void>;
  /** Messages of one topic for one group after its kept place (undefined: from the beginning). Ends when `signal` aborts or the engine takes the place away. */
  follow(topic: string, group: string, after: Position | undefined, signal: AbortSignal): AsyncIterable<Delivered | Passed>;
}
