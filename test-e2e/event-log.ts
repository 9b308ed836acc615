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
