import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { besideTheProduct } from './database.js';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { answered, CALLBACK, newClient, register, request } from './relying-party.js';
import type { Client, Json, Visitor } from './relying-party.js';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
let product: Product;
let visitor: Visitor;

beforeAll(async () => {
  product = await startProduct();
  ({ visitor } = await register(product, await newClient(product)));
}, 60_000);

afterAll(async () => {
  await product.stop();
});

const published = async () => ((await (await fetch(`${product.issuer}/jwks`)).json()) as { keys: (Json & { kid: string; alg: string })[] }).keys;

const registered = (algorithm: string | undefined) => newClient(product, { party: 'first', ...(algorithm === undefined ? {} : { idTokenAlgorithm: algorithm }) });

/** The ID token of a sign-in, and what openid-client makes of it when it expects this algorithm. */
async function idToken(client: Client, algorithm?: string): Promise<string> {
  const metadata = { id_token_signed_response_alg: algorithm ?? 'RS256' };
  const configuration = await oidc.discovery(new URL(product.issuer), client.id, metadata, oidc.ClientSecretBasic(client.secret), { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] });
  expect(configuration.serverMetadata().id_token_signing_alg_values_supported?.toSorted()).toEqual([...ALGORITHMS].sort());
  const { params, verifier } = request(client, { scope: 'openid' });
  const stop = await answered(visitor, await visitor.authorize(params));
  const tokens = await oidc.authorizationCodeGrant(configuration, stop.address, { pkceCodeVerifier: verifier, expectedState: params['state']!, idTokenExpected: true });
  const { payload } = await jwtVerify(tokens.id_token!, createRemoteJWKSet(new URL(`${product.issuer}/jwks`)), { issuer: product.issuer, audience: client.id, algorithms: [metadata.id_token_signed_response_alg] });
  expect(payload.sub).toBe(tokens.claims()!.sub);
  return tokens.id_token!;
}

it.each([undefined, ...ALGORITHMS])('an application gets ID tokens that are signed as it was registered: %s', async (algorithm) => {
  const { alg, kid } = decodeProtectedHeader(await idToken(await registered(algorithm), algorithm));
  expect(alg).toBe(algorithm ?? 'RS256');
  expect((await published()).find((key) => key.kid === kid)?.alg).toBe(alg);
}, 30_000);

it('abuse 28: no ID token is signed with a shared secret or not at all', async () => {
  const headers = { authorization: `Bearer ${await machineToken(product, 'clients:write')}`, 'content-type': 'application/json' };
  for (const idTokenAlgorithm of ['HS256', 'none', 'RS512']) {
    const answer = await fetch(`${product.origin}/api/authentication/v1/clients`, { method: 'POST', headers, body: JSON.stringify({ name: 'x', redirectUris: [CALLBACK], idTokenAlgorithm }) });
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ errors: [expect.objectContaining({ field: 'idTokenAlgorithm' })] })]);
  }
});

it('a rotation makes, publishes and uses a new key of every kind', async () => {
  const clients = await Promise.all(ALGORITHMS.map(async (algorithm) => ({ algorithm, client: await registered(algorithm) })));
  const before = await published();
  const owner = await besideTheProduct(product);
  const rotated = await fetch(`${product.origin}/api/authentication/v1/keys/rotate`, { method: 'POST', headers: { authorization: `Bearer ${await machineToken(product, 'operations:write')}`, 'content-type': 'application/json' }, body: '{}' });
  const { kids } = (await rotated.json()) as { kids: string[] };
  expect((await published()).filter(({ kid }) => kids.includes(kid)).map(({ alg }) => alg).sort()).toEqual([...ALGORITHMS].sort());
  // All keys were made earlier, as if it had been waited.
  await owner.query(`update authentication.signing_keys set created_at = created_at - interval '1 hour'`);
  await owner.end();
  for (const { algorithm, client } of clients)
    for (const until = Date.now() + 20_000; ; ) {
      const { kid } = decodeProtectedHeader(await idToken(client, algorithm));
      if (kids.includes(String(kid))) break;
      if (Date.now() > until) throw new Error(`${algorithm} is still signed with ${before.find((key) => key.kid === kid)?.alg ?? kid}`);
    }
  // Tokens of the keys before are still verified.
  expect((await published()).filter(({ kid }) => before.some((key) => key.kid === kid))).toHaveLength(before.length);
}, 60_000);
