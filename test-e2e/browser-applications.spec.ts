import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { answered, basic, codeOf, exchange, newClient, register, request, userinfo } from './relying-party.js';
import type { Client, Visitor } from './relying-party.js';

const HOME = 'https://spa.example';
const CALLBACK = `${HOME}/app`;
let product: Product;
let spa: Client;
let server: Client;
let visitor: Visitor;

beforeAll(async () => {
  product = await startProduct();
  spa = await newClient(product, { name: 'SPA', authenticationMethod: 'none', party: 'first', redirectUris: [CALLBACK], postLogoutRedirectUris: [] });
  server = await newClient(product, { party: 'first' });
  ({ visitor } = await register(product, server));
}, 60_000);

afterAll(async () => {
  await product.stop();
});

/** As keycloak-js and its like send a request: from a page, with cookies. */
const from = (origin: string, address: string, init: RequestInit = {}) => fetch(address, { ...init, headers: { origin, cookie: 'any=1', ...init.headers } });
const cors = ({ status, headers }: Response) => [status, headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')];

async function inFragment() {
  const { params, verifier } = request(spa, { redirect_uri: CALLBACK, response_mode: 'fragment', nonce: 'n-1', scope: 'openid profile email' });
  const stop = await answered(visitor, await visitor.authorize(params));
  return { verifier, state: params['state'], address: stop.address, answer: new URLSearchParams(stop.address.hash.slice(1)) };
}

describe('an application that runs in a browser', () => {
  it('gets its answer in the fragment, and its tokens across origins with cookies, as keycloak-js asks', async () => {
    const { verifier, state, address, answer } = await inFragment();
    expect([address.origin, address.search, answer.get('state'), answer.get('iss')]).toEqual([HOME, '', state, product.issuer]);
    const form = { grant_type: 'authorization_code', code: answer.get('code')!, client_id: spa.id, redirect_uri: CALLBACK, code_verifier: verifier };
    const token = await from(HOME, `${product.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
    expect(cors(token)).toEqual([200, HOME, 'true']);
    expect(token.headers.get('vary')).toContain('Origin');
    const { access_token: accessToken } = (await token.json()) as { access_token: string };
    const preflight = await from(HOME, `${product.issuer}/me`, { method: 'OPTIONS', headers: { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' } });
    expect(cors(preflight)).toEqual([204, HOME, 'true']);
    expect(cors(await from(HOME, `${product.issuer}/me`, { headers: { authorization: `Bearer ${accessToken}` } }))).toEqual([200, HOME, 'true']);
    expect(cors(await from(HOME, `${product.issuer}/.well-known/openid-configuration`))).toEqual([200, HOME, 'true']);
    const document = (await (await fetch(`${product.issuer}/.well-known/openid-configuration`)).json()) as { response_modes_supported: string[] };
    expect(document.response_modes_supported).toContain('fragment');
  });

  it('abuse 36: no other origin is told that cookies are meant, however much it looks like one, and none reads its tokens', async () => {
    for (const origin of ['https://evil.tld', 'https://spa.example.evil.tld', 'http://spa.example', 'https://spa.example:8443', 'https://www.spa.example', 'null', 'https://shop.example']) {
      const { verifier, answer } = await inFragment();
      const form = { grant_type: 'authorization_code', code: answer.get('code')!, client_id: spa.id, redirect_uri: CALLBACK, code_verifier: verifier };
      const token = await from(origin, `${product.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
      expect([origin, ...cors(token)]).toEqual([origin, 400, null, null]);
      const preflight = await from(origin, `${product.issuer}/me`, { method: 'OPTIONS', headers: { 'access-control-request-method': 'GET' } });
      expect([origin, preflight.headers.get('access-control-allow-credentials')]).toEqual([origin, null]);
    }
  }, 30_000);

  it('abuse 36: an application with a server gets no answer in the fragment, and no cookies across origins', async () => {
    const { params } = request(server, { response_mode: 'fragment', scope: 'openid' });
    const stop = await visitor.authorize(params);
    expect([stop.address.hash.includes('code='), stop.sentTo?.has('code') ?? false]).toEqual([false, false]);
    const { code, verifier } = await codeOf(visitor, server, { scope: 'openid' });
    const answer = await from('https://shop.example', `${product.issuer}/token`, { method: 'POST', headers: basic(server), body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: 'https://shop.example/callback', code_verifier: verifier }) });
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('calls our APIs from where it lives: a preflight, the answer, a problem', async () => {
    const path = `${product.origin}/api/profiles/v1/profiles/me`;
    const asked = { 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization,content-type,idempotency-key' };
    const preflight = await from(HOME, path, { method: 'OPTIONS', headers: asked });
    expect(cors(preflight)).toEqual([204, HOME, null]);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PATCH');
    for (const header of ['authorization', 'content-type', 'idempotency-key']) expect(preflight.headers.get('access-control-allow-headers')).toContain(header);
    const problem = await from(HOME, path);
    expect([...cors(problem), problem.headers.get('vary')]).toEqual([401, HOME, null, 'Origin']);
    const answer = await from(HOME, `${product.origin}/api/consent/v1/purposes`, { headers: { authorization: `Bearer ${await machineToken(product, 'consent:read')}` } });
    expect(cors(answer)).toEqual([200, HOME, null]);
  });

  it('abuse 36: nobody else reads our APIs across origins: no stranger, no application with a server, none that is disabled', async () => {
    const path = `${product.origin}/api/consent/v1/purposes`;
    const headers = { authorization: `Bearer ${await machineToken(product, 'consent:read')}` };
    for (const origin of ['https://evil.tld', 'https://shop.example', 'http://spa.example', 'https://spa.example.evil.tld', 'null']) {
      expect([origin, ...cors(await from(origin, path, { headers }))]).toEqual([origin, 200, null, null]);
      const preflight = await from(origin, path, { method: 'OPTIONS', headers: { 'access-control-request-method': 'GET' } });
      expect([origin, preflight.headers.get('access-control-allow-origin'), preflight.headers.get('access-control-allow-methods')]).toEqual([origin, null, null]);
    }
    const gone = await newClient(product, { authenticationMethod: 'none', redirectUris: ['https://gone.example/app'], postLogoutRedirectUris: [] });
    expect(cors(await from('https://gone.example', path, { headers }))).toEqual([200, 'https://gone.example', null]);
    await fetch(`${product.origin}/api/authentication/v1/clients/${gone.id}/disable`, { method: 'POST', headers: { authorization: `Bearer ${await machineToken(product, 'clients:write')}`, 'content-type': 'application/json' }, body: JSON.stringify({ reason: 'test' }) });
    expect(cors(await from('https://gone.example', path, { headers }))).toEqual([200, null, null]);
  });
});

it('preferred_username is the e-mail address, for who is told that too, and nothing for anybody else', async () => {
  const told = async (scope: string) => {
    const { code, verifier } = await codeOf(visitor, server, { scope });
    const { body } = await exchange(product, server, code, verifier);
    return { idToken: decodeJwt(String(body['id_token'])), userinfo: (await userinfo(product, body['access_token'])).body };
  };
  const both = await told('openid profile email');
  expect(both.userinfo['preferred_username']).toBe(both.userinfo['email']);
  expect(both.idToken['preferred_username']).toBe(both.userinfo['email']);
  for (const scope of ['openid profile', 'openid email']) expect((await told(scope)).userinfo).not.toHaveProperty('preferred_username');
});
