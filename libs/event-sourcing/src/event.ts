/** `<category>-<id>`; the category is one lower-case word, the id holds no personal data. */
export type StreamName = `${string}-${string}`;

/** Index of an event in its stream, from 0n; -1n says that the stream does not exist. */
export type Revision = bigint;

/** The revision of a stream that does not exist. */
export const NO_STREAM: Revision = -1n;

/** Opaque, fixed width for one engine; byte order is log order; begins with the era (4 hex digits). */
export type Position = string;

/** An event as it is handed to a store. Bytes are stored as they are, never parsed. `id` is a UUID; `type` a proto full name. */
export type NewEvent = Readonly<{ id: string; type: string; metadata: Uint8Array; data: Uint8Array }>;

/** An event as a store gives it back. */
export type Recorded = NewEvent & Readonly<{ stream: StreamName; revision: Revision; position: Position }>;

/** Nothing that was asked for lies up to here: progress on a quiet log. */
export type Passed = Readonly<{ passed: Position }>;

/** What a decider knows of an event: its short type (`ConsentGranted`) and its data. */
export type DomainEvent = Readonly<{ type: string; data: object }>;

/** What travels with every event beside its data (DESIGN, "Events"). Times are ISO 8601 in UTC, milliseconds. */
export type Metadata = Readonly<{
  at: string;
  /** The account that the event is about, if it is about a person. */
  subject?: string;
  organisation?: string;
  /** Account id, client id or `system:<what>` that caused it. */
  actor: string;
  correlation: string;
  causation: string;
  traceparent?: string;
  /** HMAC of the canonical request body, where an Idempotency-Key was given. */
  request?: string;
}>;

/** A decoded event with all that travels with it. */
export type Envelope<E extends DomainEvent = DomainEvent> = Readonly<{
  id: string;
  /** Proto full name, `symbolon.consent.v1.ConsentGranted`. */
  fullType: string;
  stream: StreamName;
  revision: Revision;
  /** Position in the log or bus that it was read from. */
  position: Position;
  /** Position of the event that it was published from; in the store it equals `position`. */
  sequence: Position;
  metadata: Metadata;
  event: E;
}>;
