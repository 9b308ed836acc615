import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import type { Client } from 'pg';
import { besideTheProduct } from './database.js';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';

let product: Product;
let owner: Client;

beforeAll(async () => {
  product = await startProduct();
  owner = await besideTheProduct(product);
}, 60_000);

afterAll(async () => {
  await owner.end();
  await product.stop();
});

async function rotate(): Promise<readonly string[]> {
  const rotated = await fetch(`${product.origin}/api/authentication/v1/keys/rotate`, { method: 'POST', headers: { authorization: `Bearer ${await machineToken(product, 'operations:write')}`, 'content-type': 'application/json' }, body: '{}' });
  expect(rotated.status).toBe(201);
  return ((await rotated.json()) as { kids: string[] }).kids;
}

/** The clock of the keys goes on by so many seconds: all of them were made earlier. */
const goOn = (seconds: number) => owner.query(`update authentication.signing_keys set created_at = created_at - make_interval(secs => $1)`, [seconds]);
const signs = async () => String(decodeProtectedHeader(await machineToken(product, 'profiles:read')).kid);

it('a new signing key is published at once and signs no sooner than a minute later', async () => {
  const kids = await rotate();
  const { keys } = (await (await fetch(`${product.issuer}/jwks`)).json()) as { keys: { kid: string }[] };
  expect(kids.filter((kid) => !keys.some((key) => key.kid === kid))).toEqual([]);
  await goOn(50);
  // longer than a process takes to look, and still less than a minute
  for (const until = Date.now() + 7_000; Date.now() < until; await pause(200)) expect(kids).not.toContain(await signs());
  await goOn(10);
  const cache = createRemoteJWKSet(new URL(`${product.issuer}/jwks`), { cooldownDuration: 3_600_000, cacheMaxAge: 3_600_000 });
  const used = new Set<string>();
  for (const until = Date.now() + 20_000; Date.now() < until && !kids.some((kid) => used.has(kid)); ) {
    const token = await machineToken(product, 'profiles:read');
    // fetched once, before the key signed, and never again
    used.add(String((await jwtVerify(token, cache, { issuer: product.issuer })).protectedHeader.kid));
  }
  expect(kids.some((kid) => used.has(kid))).toBe(true);
}, 60_000);
