import { EventStoreDBClient } from '@eventstore/db-client';
import { besideTheProduct } from './database.js';
import type { Product } from './product.js';

/** Types of the events of a stream, looked up in the log itself, for what no route shows. */
export async function eventTypes(product: Pick<Product, 'dataDir' | 'eventStoreUrl'>, stream: string): Promise<string[]> {
  return product.eventStoreUrl === undefined ? ofPostgres(product, stream) : ofEventStoreDB(product.eventStoreUrl, stream);
}

async function ofPostgres(product: Pick<Product, 'dataDir'>, stream: string): Promise<string[]> {
  const connection = await besideTheProduct(product);
  try {
    return (await connection.query<{ type: string }>('select type from es.events where stream = $1 order by revision', [stream])).rows.map(({ type }) => type);
  } finally {
    await connection.end();
  }
}

async function ofEventStoreDB(url: string, stream: string): Promise<string[]> {
  const client = EventStoreDBClient.connectionString(url);
  const types: string[] = [];
  try {
    for await (const { event } of client.readStream(stream)) if (event) types.push(event.type);
  } finally {
    await client.dispose();
  }
  return types;
}

/** Every event as it lies on EventStoreDB, one after the other; empty where the log is a table of the database. */
export async function everyEvent({ eventStoreUrl }: Pick<Product, 'eventStoreUrl'>): Promise<Buffer> {
  if (eventStoreUrl === undefined) return Buffer.alloc(0);
  const client = EventStoreDBClient.connectionString(eventStoreUrl);
  const found: Buffer[] = [];
  try {
    for await (const { event } of client.readAll()) if (event) found.push(Buffer.from(`\n${event.streamId} ${event.type} ${plain(event.metadata)} ${plain(event.data)}`));
  } finally {
    await client.dispose();
  }
  return Buffer.concat(found);
}

const plain = (content: unknown): string => (content instanceof Uint8Array ? Buffer.from(content).toString('latin1') : JSON.stringify(content));
