import type { Parked, RowChange, Table } from './subscription.js';
import type { Position } from './event.js';

/** Where subscriptions stand and who leads them. One active follower per subscription, by a lease of 4 s, fenced by an epoch. */
export interface Progress {
  /** Undefined: somebody else leads. `owner` is a UUID of this process. */
  lead(subscription: string, owner: string): Promise<Lead | undefined>;
}

/** One step of a follower: what becomes true together, or not at all. */
export type Step = Readonly<{
  /** Undefined: stays where it is, as when something parked was handled after all. */
  position?: Position;
  /** Rows of a projection, already merged by key: at most one removal and one put of each key, the removals to be applied first. */
  table?: Table;
  rows?: readonly RowChange[];
  /** Per key, the newest `sequence` handled in this step (dedupes what is delivered twice). */
  seen?: readonly Readonly<{ key: string; sequence: Position }>[];
  park?: readonly Parked[];
  /** Parked items that were handled after all. */
  unpark?: readonly Readonly<{ key: string; position: Position }>[];
}>;

/** A held lead. Every method answers false when somebody else leads by now (fenced): stop at once, nothing was written. */
export interface Lead {
  /** Where the last step ended; undefined: nothing handled yet. */
  readonly position: Position | undefined;
  commit(step: Step): Promise<boolean>;
  renew(): Promise<boolean>;
  resign(): Promise<void>;
  /** Newest sequence handled for each of these keys. */
  seen(keys: readonly string[]): Promise<ReadonlyMap<string, Position>>;
  /** Keys that have something parked, with what is parked, oldest first. */
  parked(): Promise<readonly Parked[]>;
}
