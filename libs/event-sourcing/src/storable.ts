import type { Message } from './bus.js';
import { Invalid, type Append } from './event-store.js';
import type { NewEvent } from './event.js';
import { textFault } from './text.policy.js';

const MEBIBYTE = 1024 * 1024;
const LONGEST_NAME = 512;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const STREAM = /^[a-z]+-./s;

/** Bytes of metadata and data together. */
export const sizeOf = (items: readonly Pick<NewEvent, 'metadata' | 'data'>[]): number => items.reduce((sum, { metadata, data }) => sum + metadata.byteLength + data.byteLength, 0);

/** What no adapter stores, refused by name (`Invalid`) before an engine sees it, so that it fails neither a batch nor a connection that it would share. */
export function checkAppend({ stream, expected, events }: Append): void {
  checkText('store/bad_stream_name', 'stream name', stream);
  if (!STREAM.test(stream)) throw new Invalid('store/bad_stream_name', 'a stream name is <category>-<id>, the category one lower-case word');
  if (expected < -1n) throw new Invalid('store/bad_revision', 'the expected revision is -1 (no stream) or more');
  if (events.length === 0) throw new Invalid('store/empty_append', 'an append holds at least one event');
  events.forEach(checkItem);
  if (sizeOf(events) >= MEBIBYTE) throw new Invalid('store/append_too_large', 'one append, data and metadata together, stays below 1 MiB');
}

/** The same for a public event. */
export function checkMessage(message: Message): void {
  checkText('bus/bad_topic', 'topic', message.topic);
  checkText('bus/bad_key', 'key', message.key);
  checkText('bus/bad_sequence', 'sequence', message.sequence);
  checkItem(message);
  if (sizeOf([message]) >= MEBIBYTE) throw new Invalid('bus/message_too_large', 'one message, data and metadata together, stays below 1 MiB');
}

function checkItem({ id, type }: NewEvent): void {
  if (!UUID.test(id)) throw new Invalid('store/bad_event_id', 'an event id is a UUID');
  checkText('store/bad_type_name', 'event type', type);
}

function checkText(rule: string, what: string, text: string): void {
  if (text === '' || textFault(text, { holds: 'any', longest: LONGEST_NAME }) !== undefined) throw new Invalid(rule, `a ${what} is 1 to ${LONGEST_NAME} bytes of well-formed text without NUL`);
}
