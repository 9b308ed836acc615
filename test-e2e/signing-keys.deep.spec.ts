import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { atOnce } from './relying-party.js';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
}, 60_000);

afterAll(async () => {
  await product.stop();
});

it('keys are rotated by command without a failed verification, for who caches the JWKS for its max-age', async () => {
  const rotated = await fetch(`${product.origin}/api/authentication/v1/keys/rotate`, { method: 'POST', headers: { authorization: `Bearer ${await machineToken(product, 'operations:write')}`, 'content-type': 'application/json' }, body: '{}' });
  expect(rotated.status).toBe(201);
  const { kids } = (await rotated.json()) as { kids: string[] };
  const began = Date.now();
  const maxAge = Number(/max-age=(\d+)/.exec((await fetch(`${product.issuer}/jwks`)).headers.get('cache-control') ?? '')?.[1]);
  // A cache that asks again only after max-age and never because a key is unknown; and one that asks for an unknown key, but not within 30 s.
  const caches = [{ cacheMaxAge: maxAge * 1_000, cooldownDuration: 3_600_000 }, {}].map((options) => createRemoteJWKSet(new URL(`${product.issuer}/jwks`), options));
  const used = new Set<string>();
  let verified = 0;
  for (const until = Date.now() + 100_000; Date.now() < until && !kids.some((kid) => used.has(kid)); await new Promise((resolve) => setTimeout(resolve, 50))) {
    for (const token of await atOnce(4, () => machineToken(product, 'profiles:read')))
      for (const keys of caches) {
        const { protectedHeader } = await jwtVerify(token, keys, { issuer: product.issuer });
        used.add(String(protectedHeader.kid));
        verified += 1;
      }
  }
  expect(kids.some((kid) => used.has(kid))).toBe(true);
  expect(Date.now() - began).toBeGreaterThanOrEqual(60_000);
  expect(verified).toBeGreaterThan(100);
}, 130_000);
