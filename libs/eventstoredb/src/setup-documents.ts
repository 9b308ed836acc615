import { BACKWARDS, END, FORWARDS, jsonEvent, NO_STREAM, START } from '@eventstore/db-client';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { Invalid } from '@symbolon/event-sourcing';
import type { Connection } from './connection.js';
import { all, stream } from './reading.js';

type Content = Readonly<Record<string, unknown>>;

/** What the server keeps as the last event of a stream of its own, with the revision that it was read at. */
export type Document = Readonly<{ stream: string; type: string; content: Content; revision: bigint | undefined }>;

/** `$settings` holds the rights on streams that have none of their own; `$$$all` those on the whole log. */
export const SETTINGS = { stream: '$settings', type: '$settings' };
export const WHOLE_LOG = { stream: '$$$all', type: '$metadata' };

export async function document(connection: Connection, { stream: name, type }: typeof SETTINGS): Promise<Document> {
  const [last] = await connection.call((client: EventStoreDBClient) => stream(client, name, { direction: BACKWARDS, fromRevision: END, maxCount: 1, ...connection.options }));
  const { data, revision } = last?.event ?? {};
  const content = data instanceof Uint8Array ? parsed(Buffer.from(data).toString(), name) : ((data ?? {}) as Content);
  return { stream: name, type, content, revision };
}

/** Replaces what was read, unless somebody else did meanwhile. What is not in `change` stays. */
export async function replace(connection: Connection, { stream: name, type, content, revision }: Document, change: Content): Promise<void> {
  const event = jsonEvent({ type, data: { ...content, ...change } });
  try {
    await connection.call((client) => client.appendToStream(name, event, { expectedRevision: revision ?? NO_STREAM, ...connection.options }));
  } catch (error) {
    if ((error as { type?: unknown }).type !== 'wrong-expected-version') throw error;
    throw new Invalid('store/setup', `Somebody else changed ${name} at the same moment. Run this command again.`);
  }
}

/** A stream that another program than Symbolon has written, if there is one among the first and the last thousand records. */
export async function foreignStream(connection: Connection): Promise<string | undefined> {
  for (const [direction, fromPosition] of [[FORWARDS, START], [BACKWARDS, END]] as const) {
    const records = await connection.call((client) => all(client, { direction, fromPosition, maxCount: 1_000, ...connection.options }));
    const foreign = records.find(({ event }) => event && !event.streamId.startsWith('$') && !event.type.startsWith('symbolon.') && !event.type.startsWith('$'));
    if (foreign) return foreign.event!.streamId;
  }
  return undefined;
}

function parsed(text: string, name: string): Content {
  try {
    return JSON.parse(text) as Content;
  } catch {
    throw new Invalid('store/setup', `${name} on the server holds something that is no JSON; mend it with the server's own tools first.`);
  }
}
