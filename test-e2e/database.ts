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

/** As if what was used up until now had been used eleven seconds earlier: a repeat then is no longer a lost answer. */
export async function elevenSecondsLater(beside: Client): Promise<void> {
  for (const table of ['codes', 'refresh_tokens']) await beside.query(`update authentication.${table} set consumed_at = consumed_at - interval '11 s' where consumed_at is not null`);
}
