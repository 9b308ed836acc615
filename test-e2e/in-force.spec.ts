import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { Client as Connection } from 'pg';
import { besideTheProduct, elevenSecondsLater } from './database.js';
import { eventTypes } from './event-log.js';
import { asOperator } from './people.js';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { codeOf, exchange, newClient, proof, refresh, register, request, userinfo } from './relying-party.js';
import type { Client, Json, Visitor } from './relying-party.js';

let product: Product;
let client: Client;
let connection: Connection;

beforeAll(async () => {
  product = await startProduct();
  client = await newClient(product, { party: 'first' });
  connection = await besideTheProduct(product);
}, 60_000);

afterAll(async () => {
  await connection?.end();
  await product?.stop();
});

async function signedIn(): Promise<{ visitor: Visitor; subject: string; tokens: Json }> {
  const { visitor } = await register(product, client);
  const { code, verifier } = await codeOf(visitor, client, { scope: 'openid profile email' });
  const { body } = await exchange(product, client, code, verifier);
  return { visitor, subject: String(decodeJwt(String(body['id_token'])).sub), tokens: body };
}

const consents = async (path: string, method: string, body?: object) =>
  fetch(`${product.origin}/api/consent/v1/consents${path}`, { method, headers: { authorization: `Bearer ${await machineToken(product, 'consent:write consent:record')}`, ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) });

async function until<T>(look: () => Promise<T>, good: (seen: T) => boolean): Promise<T> {
  let seen = await look();
  for (const end = Date.now() + 8_000; !good(seen) && Date.now() < end; seen = await look()) await new Promise((resolve) => setTimeout(resolve, 100));
  return seen;
}

describe('a withdrawal', () => {
  it('that its follower has not applied is answered with 202, and is in force once it goes on (CNS-2)', async () => {
    const { subject, tokens } = await signedIn();
    expect((await consents(`?subject=${subject}`, 'POST', { purpose: 'profile', textVersion: 1, proof: proof() })).status).toBe(201);
    const told = async () => (await userinfo(product, tokens['access_token'])).body;
    expect(await until(told, (body) => 'given_name' in body)).toHaveProperty('given_name');
    await connection.query('begin; lock table authentication.consents_v1 in share mode');
    const answer = await consents(`/profile?subject=${subject}`, 'DELETE').finally(() => connection.query('rollback'));
    expect([answer.status, await answer.json()]).toEqual([202, expect.objectContaining({ inForce: false })]);
    expect(await until(told, (body) => !('given_name' in body))).not.toHaveProperty('given_name');
  }, 30_000);
});

describe('an account that is blocked', () => {
  it('abuse 27, 54: has no token, no session and no refresh from that moment on', async () => {
    const { visitor, subject, tokens } = await signedIn();
    const { code, verifier } = await codeOf(visitor, client);
    const blocked = await asOperator(product, 'POST', `${subject}/block`, { reason: 'a test' });
    expect([blocked.status, blocked.body]).toEqual([200, expect.objectContaining({ inForce: true })]);
    expect((await userinfo(product, tokens['access_token'])).status).not.toBe(200);
    expect((await exchange(product, client, code, verifier)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await refresh(product, client, tokens['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
    expect((await visitor.authorize(request(client, { prompt: 'none' }).params)).sentTo?.get('error')).toBe('login_required');
    expect((await visitor.authorize(request(client).params)).html).toContain('name="password"');
  }, 30_000);
});

describe('a refresh token that was stolen', () => {
  it('abuse 22: leaves one fact in the log, however often it is tried', async () => {
    const { subject, tokens } = await signedIn();
    expect((await refresh(product, client, tokens['refresh_token'])).status).toBe(200);
    await elevenSecondsLater(connection);
    for (let time = 0; time < 3; time += 1) expect((await refresh(product, client, tokens['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
    const facts = async () => (await eventTypes(product, `account-${subject}`)).filter((type) => type.endsWith('RefreshReuseDetected'));
    expect(await until(facts, ({ length }) => length > 0)).toHaveLength(1);
  }, 40_000);
});
