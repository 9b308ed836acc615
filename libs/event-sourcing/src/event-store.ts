import type { Passed, Position, Recorded, NewEvent, Revision, StreamName } from './event.js';

/** All of `events` or none of them, at exactly `expected` (NO_STREAM: the stream must not exist). */
export type Append = Readonly<{ stream: StreamName; expected: Revision; events: readonly NewEvent[] }>;

/**
 * The position of the append's last event, also when exactly these ids already lay at the revisions where this append would have put them
 * (no engine need tell the two apart); or the actual revision, which is an answer, not an exception.
 */
export type Appended = Readonly<{ position: Position }> | Readonly<{ conflict: Revision }>;

/**
 * A log of streams. Every method throws `Unavailable` when the engine does not answer within its deadline, and `Invalid` for what can
 * never be stored; an append that threw `Unavailable` may or may not have been stored, and may be repeated unchanged.
 */
export interface EventStore {
  append(append: Append): Promise<Appended>;
  /** Events from `from` (inclusive), at most `limit`; `revision` is the stream's last one, NO_STREAM when there is none. */
  read(stream: StreamName, from?: Revision, limit?: number): Promise<{ events: readonly Recorded[]; revision: Revision }>;
  /** Events of these categories after a position, in log order, each once, for ever; ends when `signal` aborts, throws `Unavailable` when the engine goes. */
  follow(categories: readonly string[], after: Position | undefined, signal: AbortSignal): AsyncIterable<Recorded | Passed>;
  /** The position of the log's last event, or undefined when it is empty. */
  head(): Promise<Position | undefined>;
}

/** The engine did not answer in time or is away: wait and repeat, it is nobody's fault. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  constructor(
    readonly engine: string,
    { because, ...options }: ErrorOptions & { because?: string } = {},
  ) {
    super(because === undefined ? `${engine} is unavailable` : `${engine} is unavailable: ${because}`, options);
  }
}

/** What was asked can never succeed; `rule` is a stable code such as `store/append_too_large`. */
export class Invalid extends Error {
  override readonly name = 'Invalid';
  constructor(
    readonly rule: string,
    message: string,
  ) {
    super(message);
  }
}
