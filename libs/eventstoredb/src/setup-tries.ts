import { BACKWARDS, END, jsonEvent, START, streamNameFilter } from '@eventstore/db-client';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { Invalid } from '@symbolon/event-sourcing';
import type { Address } from './address.js';
import { Connection } from './connection.js';
import { all } from './reading.js';

const PATIENCE = 10_000;
/** No stream is as long: what asks for it is judged for its right, refused for its revision, and leaves nothing behind. */
const NEVER = 1_000_000_000_000n;
const ALLOWED = new Set(['wrong-expected-version', 'stream-not-found']);

/** Who tries: `nobody` gives no password at all. */
export type Who = Address['credentials'] | 'nobody';
/** What may be done, each tried once. */
export type Rights = Readonly<Record<Try, boolean>>;
export type Try = 'append' | 'read' | 'read the whole log' | 'follow the log' | 'delete a stream' | 'set the rights of a stream' | 'change the settings' | 'read the streams of users';

/** Tries everything as somebody. Nothing is written. */
export async function rightsOf(address: Address, who: Who): Promise<Rights> {
  const credentials = who === 'nobody' ? undefined : who;
  // the client takes the lack of credentials for somebody without a password
  const connection = new Connection({ ...address, credentials } as Address, PATIENCE);
  const stream = `setup-${randomUUID()}`;
  const last = { direction: BACKWARDS, fromRevision: END, maxCount: 1, credentials } as const;
  const options = { expectedRevision: NEVER, credentials, deadline: PATIENCE };
  const event = () => jsonEvent({ type: 'symbolon.setup', data: {} });
  const may = (work: (client: EventStoreDBClient) => Promise<unknown>) => allowed(connection, work);
  try {
    return {
      append: await may((client) => client.appendToStream(stream, event(), options)),
      read: await may((client) => drained(client.readStream(stream, last))),
      'read the whole log': await may((client) => all(client, { direction: BACKWARDS, fromPosition: END, maxCount: 1, credentials })),
      'follow the log': await may((client) => followed(client, credentials)),
      'delete a stream': await may((client) => client.deleteStream(stream, options)),
      'set the rights of a stream': await may((client) => client.setStreamMetadata(stream, {}, options)),
      'change the settings': await may((client) => client.appendToStream('$settings', event(), options)),
      'read the streams of users': await may((client) => drained(client.readStream('$users', last))),
    };
  } finally {
    await connection.close();
  }
}

/** Whether the answer was one of the stream, not one of the doorkeeper. */
async function allowed(connection: Connection, work: (client: EventStoreDBClient) => Promise<unknown>): Promise<boolean> {
  try {
    await connection.call(work);
    return true;
  } catch (error) {
    const types = [error, (error as Error).cause].map((each) => (each as { type?: unknown } | undefined)?.type);
    if (types.some((type) => ALLOWED.has(String(type)))) return true;
    if (types.includes('access-denied')) return false;
    throw new Invalid('store/setup', `The server at ${connection.label} stopped answering while rights were tried. Run this command again: it goes on where it stopped.`);
  }
}

async function drained(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}

const followed = (client: EventStoreDBClient, credentials: Address['credentials'] | undefined): Promise<void> =>
  new Promise((done, fail) => {
    const subscription = client.subscribeToAll({ fromPosition: START, filter: streamNameFilter({ prefixes: ['setup-'] }), ...(credentials && { credentials }) });
    subscription.on('error', fail).on('confirmation', () => {
      done();
      void subscription.unsubscribe().catch(() => undefined);
    });
  });
