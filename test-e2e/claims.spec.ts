import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { codeOf, exchange, newClient, proof, refresh, register, userinfo } from './relying-party.js';
import type { Client, Visitor } from './relying-party.js';

let product: Product;
const people = new Map<boolean, { visitor: Visitor; subject: string }>();
const clients = new Map<boolean, Client>();

const api = async (path: string, method = 'GET', body?: object) =>
  fetch(`${product.origin}/api/${path}`, { method, headers: { authorization: `Bearer ${await machineToken(product, 'consent:write consent:read consent:record')}`, ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) });

/** Tokens and UserInfo of one sign-in. */
async function released(visitor: Visitor, client: Client, scope: string) {
  const { code, verifier } = await codeOf(visitor, client, { scope });
  const { body } = await exchange(product, client, code, verifier);
  return { idToken: decodeJwt(String(body['id_token'])), userinfo: (await userinfo(product, body['access_token'])).body, refreshToken: body['refresh_token'] };
}

beforeAll(async () => {
  product = await startProduct();
  clients.set(true, await newClient(product, { purposes: ['account', 'profile'], party: 'first' }));
  clients.set(false, await newClient(product, { purposes: ['account'], party: 'first' }));
  for (const live of [true, false]) {
    const { visitor } = await register(product, clients.get(true)!);
    const { idToken } = await released(visitor, clients.get(true)!, 'openid');
    const subject = String(idToken.sub);
    people.set(live, { visitor, subject });
    if (live && (await api(`consent/v1/consents?subject=${subject}`, 'POST', { purpose: 'profile', textVersion: 1, proof: proof() })).status !== 201) throw new Error('the consent was not granted');
  }
}, 60_000);

afterAll(async () => {
  await product?.stop();
});

describe('a claim that rests on consent (CNS-1, CNS-5, CNS-7)', () => {
  it.each([
    [true, true, true], [false, true, true], [true, false, true], [true, true, false],
    [false, false, true], [false, true, false], [true, false, false], [false, false, false],
  ])('with scope %s, declared purpose %s and live consent %s', async (scope, declared, live) => {
    const { visitor } = people.get(live)!;
    const until = Date.now() + 5_000;
    let answer = await released(visitor, clients.get(declared)!, scope ? 'openid profile' : 'openid email');
    while (scope && declared && live && !('given_name' in answer.userinfo) && Date.now() < until) answer = await released(visitor, clients.get(declared)!, 'openid profile');
    const expected = scope && declared && live;
    expect(['given_name', 'family_name', 'name'].map((claim) => claim in answer.userinfo)).toEqual([expected, expected, expected]);
    expect('given_name' in answer.idToken).toBe(expected);
  });

  it('is gone when its withdrawal was answered with 200, also for tokens that were given before (CNS-2)', async () => {
    const { visitor, subject } = people.get(true)!;
    const before = await released(visitor, clients.get(true)!, 'openid profile');
    expect(before.userinfo).toHaveProperty('given_name');
    const answer = await api(`consent/v1/consents/profile?subject=${subject}`, 'DELETE');
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ inForce: true })]);
    const { body } = await refresh(product, clients.get(true)!, before.refreshToken);
    expect((await userinfo(product, body['access_token'])).body).not.toHaveProperty('given_name');
    expect(decodeJwt(String(body['id_token']))).not.toHaveProperty('given_name');
  });
});

describe('a claim that rests on a contract', () => {
  it('needs scope and declared purpose, and no consent', async () => {
    expect((await released(people.get(false)!.visitor, clients.get(false)!, 'openid email')).userinfo).toMatchObject({ email_verified: true });
  });
});
