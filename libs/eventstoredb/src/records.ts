import type { EventData, Position as LogPlace } from '@eventstore/db-client';
import { position } from '@symbolon/event-sourcing';
import type { NewEvent, Position, Recorded, StreamName } from '@symbolon/event-sourcing';

/** An event as the client gives it, of a stream or of the whole log. */
export type Given = Readonly<{ id: string; type: string; streamId: string; revision: bigint; data: unknown; metadata?: unknown; position?: LogPlace | undefined }>;

/**
 * The client parses metadata that is JSON and keeps no bytes of it. A byte order mark in front is no JSON to it, and is still UTF-8 text to whoever looks at
 * the event with other tools.
 */
const MARK = Uint8Array.from([0xef, 0xbb, 0xbf]);

/** How an event is sent: bytes, which neither client nor server reads. */
export const sent = ({ id, type, metadata, data }: NewEvent): EventData => ({ id, type, contentType: 'application/octet-stream', data: plain(data), metadata: marked(metadata) });

/** The client takes a Buffer for something to write as JSON. */
const plain = (value: Uint8Array): Uint8Array => new Uint8Array(value.buffer, value.byteOffset, value.byteLength);

const marked = (metadata: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(MARK.length + metadata.length);
  whole.set(MARK);
  whole.set(metadata, MARK.length);
  return whole;
};

/** The event as it was handed in. */
export const recorded = (given: Given, era: number): Recorded => ({
  id: given.id,
  type: given.type,
  metadata: unmarked(bytes(given.metadata)),
  data: bytes(given.data),
  stream: given.streamId as StreamName,
  revision: given.revision,
  position: placed(given.position!, era),
});

/** Era, commit and prepare position of the log. */
export const placed = ({ commit, prepare }: LogPlace, era: number): Position => position(era, commit, prepare);

const unmarked = (value: Uint8Array): Uint8Array => (MARK.every((byte, index) => value[index] === byte) ? value.subarray(MARK.length) : value);

/** What another program stored as JSON comes parsed. */
const bytes = (value: unknown): Uint8Array => (value instanceof Uint8Array ? value : new Uint8Array(Buffer.from(value === undefined ? '' : JSON.stringify(value))));
