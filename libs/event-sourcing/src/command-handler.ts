import type { Command, Refused } from './decider.js';
import type { Position, Revision, StreamName } from './event.js';

/** Who and why: what the handler writes into the metadata of the events that a command leads to. */
export type Cause = Readonly<{
  actor: string;
  correlation: string;
  causation?: string;
  /** The account that the events are about. */
  subject?: string;
  traceparent?: string;
  /** HMAC of the canonical request body under an Idempotency-Key. */
  request?: string;
  /** The stream is this command's own, named after it: it is not read first, for nothing but the command itself can have written to it. */
  fresh?: true;
  /** From If-Match: the revision that the caller saw; a conflict is then answered, not retried. */
  ifMatch?: Revision;
}>;

/** `changed: false`: the command was right and there was nothing to do (position is the stream's last). `repeated`: the stream already held this command's events. */
export type Done = Readonly<{ position: Position | undefined; revision: Revision; changed: boolean; repeated: boolean }>;

/** The key was used for another body (422), or `If-Match` did not match (412). */
export type Clash = Readonly<{ clash: 'idempotency_key_reused' | 'revision_mismatch'; revision: Revision }>;

export type Outcome<R extends string> = Done | Refused<R> | Clash;

/** Reads the stream, folds, decides, appends. Event ids are uuidv5(command id, index), so a repeated command is found and answered as before. */
export interface CommandHandler<C extends Command, R extends string> {
  handle(stream: StreamName, command: C, cause: Cause): Promise<Outcome<R>>;
}
