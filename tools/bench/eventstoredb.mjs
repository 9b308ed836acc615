import { randomBytes, randomUUID } from 'node:crypto';
import { EventStoreDBClient } from '@eventstore/db-client';
import { eventStoreDB } from '../../libs/eventstoredb/dist/index.js';
import { hasServers, testServer } from '../engines/eventstoredb.ts';

/** Why these figures cannot be measured here; undefined where they can. */
export const missing = () => (hasServers ? undefined : 'SYMBOLON_TEST_EVENTSTOREDB_PROGRAM names no program that runs a server (docs/eventstoredb.md)');

export const event = () => ({ id: randomUUID(), type: 'symbolon.profiles.v1.AttributeSet', metadata: new Uint8Array(randomBytes(200)), data: new Uint8Array(randomBytes(400)) });

/** The same event for the bare client. */
export const bare = () => ({ ...event(), contentType: 'application/octet-stream' });

/** What makes an append a call of its own, as the adapter does it; an insecure server does not look at them. */
export const unary = { credentials: { username: 'nobody', password: '' } };

/** A server on disk, the adapter and a bare client. */
export async function openServer() {
  const server = await testServer({ disk: true });
  await server.start();
  const store = eventStoreDB({ url: server.url, deadline: 20_000 });
  for (let left = 100; ; left -= 1) {
    try {
      await store.append({ stream: `warm-${randomUUID()}`, expected: -1n, events: [event()] });
      break;
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const client = EventStoreDBClient.connectionString(server.url);
  return {
    url: server.url, store, client,
    async close() {
      await store.close();
      await client.dispose();
      await server.close();
    },
  };
}

/** Stores `count` events of `category`, and as many of another one between them. */
export async function fill(store, category, count) {
  let left = count;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (left > 0) {
        const some = Math.min(left, 50);
        left -= some;
        for (const kind of [category, 'other']) await store.append({ stream: `${kind}-${randomUUID()}`, expected: -1n, events: Array.from({ length: some }, event) });
      }
    }),
  );
}
