import { EventStoreDBClient } from '@eventstore/db-client';
import { besideTheProduct } from './database.js';
import type { Product } from './product.js';

type Stored = Readonly<{ type: string; data: Readonly<Record<string, unknown>> }>;
type At = Pick<Product, 'dataDir' | 'eventStoreUrl'>;

/** The events of a stream as they lie in the log itself, for what no route shows. */
export const eventsOf = (product: At, stream: string): Promise<Stored[]> => (product.eventStoreUrl === undefined ? ofPostgres(product, stream) : ofEventStoreDB(product.eventStoreUrl, stream));

/** Their types alone. */
export const eventTypes = async (product: At, stream: string): Promise<string[]> => (await eventsOf(product, stream)).map(({ type }) => type);

async function ofPostgres(product: Pick<Product, 'dataDir'>, stream: string): Promise<Stored[]> {
  const connection = await besideTheProduct(product);
  try {
    return (await connection.query<Stored>("select type, convert_from(data, 'utf8')::json as data from es.events where stream = $1 order by revision", [stream])).rows;
  } finally {
    await connection.end();
  }
}

async function ofEventStoreDB(url: string, stream: string): Promise<Stored[]> {
  const client = EventStoreDBClient.connectionString(url);
  const events: Stored[] = [];
  try {
    for await (const { event } of client.readStream(stream)) if (event) events.push({ type: event.type, data: JSON.parse(plain(event.data)) as Stored['data'] });
  } finally {
    await client.dispose();
  }
  return events;
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
