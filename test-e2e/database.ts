import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Product } from './product.js';

/** A connection of the database's owner, for what no route does: to hold up a follower, or to look into the log. */
export async function besideTheProduct({ dataDir }: Pick<Product, 'dataDir'>): Promise<Client> {
  const [, , , port, socket, address] = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  const client = new Client({ host: socket || address, port: Number(port), user: 'symbolon', password: readFileSync(join(dataDir, 'postgres-owner'), 'utf8').trim(), database: 'postgres' });
  client.on('error', () => undefined); // the product may end first; whoever asks next learns it
  await client.connect();
  return client;
}
