// Random sequences of what a person and a thief may do, against a model of who may still do what. SYMBOLON_TEST_SEEDS: how many sequences; SYMBOLON_TEST_SEED: this one alone.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Client as Connection } from 'pg';
import { besideTheProduct } from './database.js';
import { rounds } from './deep.js';
import { subjectOf, tokensOf } from './people.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { newClient, register } from './relying-party.js';
import type { Client } from './relying-party.js';
import { chance, World } from './put-out-model.js';

const only = process.env['SYMBOLON_TEST_SEED'];
const seeds = only === undefined ? Array.from({ length: Number(process.env['SYMBOLON_TEST_SEEDS'] ?? rounds(4, 200)) }, (_, index) => index + 1) : [Number(only)];
const ACTS = 12;

let product: Product;
let first: Client;
let connection: Connection;

beforeAll(async () => {
  product = await startProduct();
  first = await newClient(product, { party: 'first', purposes: ['account'], scopes: ['openid', 'profile', 'email', 'offline_access', 'profiles:read'] });
  connection = await besideTheProduct(product);
}, 60_000);

afterAll(async () => {
  await connection?.end();
  await product?.stop();
});

it.each(seeds)('abuse 27: who was put out stays out, and nobody else is: seed %i', async (seed) => {
  const third = await newClient(product, { name: 'Quiz', purposes: ['account'], scopes: ['openid', 'profile', 'email', 'offline_access', 'profiles:read'] });
  const { visitor, account } = await register(product, first);
  const subject = subjectOf(await tokensOf(product, visitor, first));
  const apps = [
    { client: first, party: 'first' as const, enabled: true, disabled: 0, allowed: undefined },
    { client: third, party: 'third' as const, enabled: true, disabled: 0, allowed: undefined },
  ];
  const calm = async () => void (await connection.query('delete from authentication.attempts'));
  const world = new World(product, { ...account }, subject, World.seats(visitor, product), apps, chance(seed), calm);
  world.begin();
  for (let act = 0; act < ACTS; act += 1) {
    await world.act().catch((error: Error) => {
      throw new Error(`seed ${seed}, after: ${world.said.join(' · ')}: ${error.message}`, { cause: error });
    });
    expect({ seed, after: world.said, faults: await world.faults() }).toEqual({ seed, after: world.said, faults: [] });
  }
}, 120_000);
