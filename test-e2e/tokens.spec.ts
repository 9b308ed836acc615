import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac, randomUUID } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { atOnce, basic, codeOf, exchange, newClient, post, refresh, register, userinfo } from './relying-party.js';
import type { Client, Json, Visitor } from './relying-party.js';

const API = 'https://orders.example/api';
let product: Product;
let client: Client;
let visitor: Visitor;

beforeAll(async () => {
  product = await startProduct();
  client = await newClient(product, { resources: [API], scopes: ['openid', 'email', 'orders:read', 'profiles:read'] });
  ({ visitor } = await register(product, client, { over: { scope: 'openid email orders:read profiles:read', resource: API } }));
}, 60_000);

afterAll(async () => {
  await product?.stop();
});

const api = (path: string, token: string, more: RequestInit = {}) => fetch(`${product.origin}/api/${path}`, { ...more, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...more.headers } });
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an access token for an API (RFC 8707, RFC 9068)', () => {
  it('is a JWT for the resource that was named at the token endpoint, without personal claims (SSO-7)', async () => {
    const { code, verifier } = await codeOf(visitor, client, { scope: 'openid email orders:read', resource: API });
    const { body } = await exchange(product, client, code, verifier, { resource: API });
    const { payload, protectedHeader } = await jwtVerify(String(body['access_token']), createRemoteJWKSet(new URL(`${product.issuer}/jwks`)), { issuer: product.issuer, audience: API, typ: 'at+jwt' });
    expect(protectedHeader.alg).toBe('ES256');
    expect(payload).toMatchObject({ client_id: client.id, scope: 'orders:read' });
    expect(Object.keys(payload).filter((claim) => ['email', 'name', 'given_name'].includes(claim))).toEqual([]);
  });

  it('abuse 29: is refused at UserInfo', async () => {
    const token = await machineToken(product, 'profiles:read');
    expect((await userinfo(product, token)).status).toBe(401);
  });

  it('abuse 29: an ID token opens no API', async () => {
    const { code, verifier } = await codeOf(visitor, client, { scope: 'openid' });
    const { body } = await exchange(product, client, code, verifier);
    expect((await api('profiles/v1/profiles/me', String(body['id_token']))).status).toBe(401);
  });

  it('abuse 29: a token for another audience opens no API', async () => {
    const { code, verifier } = await codeOf(visitor, client, { scope: 'openid orders:read', resource: API });
    const { body } = await exchange(product, client, code, verifier, { resource: API });
    expect((await api('profiles/v1/profiles/me', String(body['access_token']))).status).toBe(401);
  });

  it('abuse 28: is refused without a signature, signed with the public key, or with a key of its own', async () => {
    const token = await machineToken(product, 'profiles:read');
    const claims = decodeJwt(token);
    const [{ keys }] = [(await (await fetch(`${product.issuer}/jwks`)).json()) as { keys: Json[] }];
    const es = keys.find(({ alg }) => alg === 'ES256')!;
    const unsigned = `${part({ alg: 'none', typ: 'at+jwt' })}.${part(claims)}.`;
    const head = `${part({ alg: 'HS256', typ: 'at+jwt', kid: es['kid'] })}.${part(claims)}`;
    const confused = `${head}.${createHmac('sha256', JSON.stringify(es)).update(head).digest('base64url')}`;
    const own = await generateKeyPair('ES256');
    const injected = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', jwk: await exportJWK(own.publicKey) }).sign(own.privateKey);
    const pointed = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: '../../etc/passwd', jku: 'https://evil.tld/jwks' }).sign(own.privateKey);
    const empty = `${token.split('.').slice(0, 2).join('.')}.`;
    for (const forged of [unsigned, confused, injected, pointed, empty]) expect((await api('consent/v1/purposes', forged)).status).toBe(401);
  });

  it('abuse 33: the JWKS holds public parts only, and every key has a name of its own', async () => {
    const { keys } = (await (await fetch(`${product.issuer}/jwks`)).json()) as { keys: Json[] };
    expect(keys.flatMap((key) => ['d', 'p', 'q', 'k'].filter((name) => name in key))).toEqual([]);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
  });

  it('abuse 98: gives no more than the role of the person allows, whatever is asked (RBC-1)', async () => {
    const wide = await newClient(product, { scopes: ['openid', 'profiles:read', 'clients:write'], purposes: ['account'], party: 'first' });
    const { code, verifier } = await codeOf(visitor, wide, { scope: 'openid profiles:read clients:write', resource: `${product.origin}/api` });
    const { body } = await exchange(product, wide, code, verifier, { resource: `${product.origin}/api` });
    expect(decodeJwt(String(body['access_token']))['scope']).toBe('profiles:read');
    expect((await api('profiles/v1/profiles/me', String(body['access_token']))).status).toBe(200);
    expect((await api(`profiles/v1/profiles/${randomUUID()}`, String(body['access_token']))).status).toBe(404);
  });
});

describe('introspection and revocation', () => {
  const opaque = async () => {
    const { code, verifier } = await codeOf(visitor, client, { scope: 'openid email' });
    return (await exchange(product, client, code, verifier)).body;
  };

  it('abuse 31: tells the client of its own token, and another one nothing', async () => {
    const { access_token: token } = await opaque();
    expect((await post(product, 'token/introspection', { token: String(token) }, basic(client))).body).toMatchObject({ active: true, client_id: client.id });
    expect((await post(product, 'token/introspection', { token: String(token) }, basic(await newClient(product)))).body['active'] ?? false).toBe(false);
  });

  it('abuse 32: a revoked token is dead', async () => {
    const { refresh_token: token } = await opaque();
    expect((await post(product, 'token/revocation', { token: String(token) }, basic(client))).status).toBe(200);
    expect((await refresh(product, client, token)).body).toMatchObject({ error: 'invalid_grant' });
  });
});

describe('client authentication', () => {
  it('abuse 35: refuses a wrong secret, and says no more than that', async () => {
    expect(await post(product, 'token', { grant_type: 'client_credentials' }, basic({ ...client, secret: 'wrong' }))).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('abuse 34: takes an assertion once, for this issuer, for a short time (RFC 7523)', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const signing = await newClient(product, { authenticationMethod: 'private_key_jwt', jwks: { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'one' }] }, grantTypes: ['client_credentials'], scopes: ['profiles:read'], redirectUris: [], postLogoutRedirectUris: [] });
    const assertion = (over: Json = {}) =>
      new SignJWT({ jti: randomUUID(), iss: signing.id, sub: signing.id, aud: product.issuer, iat: Math.floor(Date.now() / 1_000), exp: Math.floor(Date.now() / 1_000) + 60, ...over }).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(privateKey);
    const ask = (jwt: string) => post(product, 'token', { grant_type: 'client_credentials', scope: 'profiles:read', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: jwt });
    const good = await assertion();
    const answers = await atOnce(20, () => ask(good));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await ask(good)).status).toBe(401);
    expect((await ask(await assertion({ aud: 'https://evil.tld' }))).status).toBe(401);
    expect((await ask(await assertion({ exp: Math.floor(Date.now() / 1_000) - 60 }))).status).toBe(401);
  });

  it('a public client signs people in with PKCE and without a secret (SSO-8)', async () => {
    const open = await newClient(product, { authenticationMethod: 'none', party: 'first' });
    expect(open.secret).toBeUndefined();
    const { code, verifier } = await codeOf(visitor, open, { scope: 'openid' });
    expect((await exchange(product, open, code, verifier)).status).toBe(200);
  });
});

describe('an application', () => {
  const change = async (id: string, path: string, body: object, method = 'POST') => (await api(`authentication/v1/clients/${id}${path}`, await machineToken(product, 'clients:write profiles:read'), { method, body: JSON.stringify(body) })) as Response;
  const machine = async () => newClient(product, { grantTypes: ['client_credentials'], scopes: ['profiles:read'], redirectUris: [], postLogoutRedirectUris: [] });
  const asks = (one: Client) => post(product, 'token', { grant_type: 'client_credentials', scope: 'profiles:read' }, basic(one));

  it('abuse 69: that is disabled gets nothing from that moment on', async () => {
    const one = await machine();
    expect((await asks(one)).status).toBe(200);
    expect((await change(one.id, '/disable', { reason: 'test' })).status).toBe(201);
    expect((await asks(one)).status).toBe(401);
    expect((await change(one.id, '/enable', {})).status).toBe(201);
    expect((await asks(one)).status).toBe(200);
  });

  it('gets a new secret at once, and keeps the old one for a day', async () => {
    const one = await machine();
    const { secret } = (await (await change(one.id, '/secret', {})).json()) as { secret: string };
    expect([(await asks({ ...one, secret })).status, (await asks(one)).status]).toEqual([200, 200]);
    const { secret: newest } = (await (await change(one.id, '/secret', {})).json()) as { secret: string };
    expect([(await asks({ ...one, secret: newest })).status, (await asks({ ...one, secret })).status, (await asks(one)).status]).toEqual([200, 200, 401]);
  });

  it('changes at once, and only what is named', async () => {
    const one = await newClient(product);
    expect((await change(one.id, '', { redirectUris: ['https://new.example/cb'] }, 'PATCH')).status).toBe(200);
    const stop = await visitor.authorize({ client_id: one.id, response_type: 'code', redirect_uri: 'https://shop.example/callback', scope: 'openid', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' });
    expect(stop.status).toBe(400);
  });

  it('abuse 5: with a script for an address is refused with the field and the way out', async () => {
    const token = await machineToken(product, 'clients:write');
    const answer = await api('authentication/v1/clients', token, { method: 'POST', body: JSON.stringify({ name: 'x', redirectUris: ['javascript:alert(1)'] }) });
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ type: 'web/invalid', errors: [expect.objectContaining({ field: 'redirectUris.0' })] })]);
  });
});

describe('every API route', () => {
  it('abuse 86: refuses a field that it does not know', async () => {
    const token = await machineToken(product, 'profiles:read profiles:write consent:read consent:write consent:record accounts:read accounts:write clients:read clients:write purposes:write operations:write');
    const tried: string[] = [];
    for (const service of ['authentication', 'profiles', 'consent', 'operations']) {
      const document = (await (await fetch(`${product.origin}/api/${service}/v1/openapi.json`)).json()) as { paths: Record<string, Record<string, { requestBody?: object }>> };
      for (const [path, methods] of Object.entries(document.paths))
        for (const [method, { requestBody }] of Object.entries(methods)) {
          if (!requestBody) continue;
          const answer = await fetch(`${product.origin}${path.replaceAll(/\{\w+\}/g, (name) => (name === '{name}' || name === '{purpose}' ? 'phone' : randomUUID()))}?subject=${randomUUID()}`, { method: method.toUpperCase(), headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ unheard_of: 1 }) });
          const body = (await answer.json()) as { errors?: { field: string; rule: string }[] };
          tried.push(`${method} ${path} ${answer.status} ${body.errors?.some(({ rule }) => rule === 'unknown_field')}`);
        }
    }
    expect(tried.length).toBeGreaterThan(10);
    expect(tried.filter((one) => !one.endsWith('400 true'))).toEqual([]);
  });
});

describe('a refresh token', () => {
  it('abuse 27: is dead as soon as what the person allowed is taken back', async () => {
    const { visitor: person } = await register(product, client, { over: { scope: 'openid email' } });
    const { code, verifier } = await codeOf(person, client, { scope: 'openid email' });
    const { body } = await exchange(product, client, code, verifier);
    const subject = String(decodeJwt(String(body['id_token'])).sub);
    const token = await machineToken(product, 'consent:write');
    const taken = await fetch(`${product.origin}/api/consent/v1/authorizations/${client.id}?subject=${subject}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
    expect([taken.status, await taken.json()]).toEqual([200, expect.objectContaining({ inForce: true })]);
    expect((await refresh(product, client, body['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
    expect((await userinfo(product, body['access_token'])).status).toBe(401);
  });
});

describe('an application of the installation itself', () => {
  it.each(['account', 'c_operator'])('abuse 98: %s is changed by nobody', async (id) => {
    const token = await machineToken(product, 'profiles:read profiles:write consent:read consent:write accounts:read accounts:write clients:read clients:write purposes:write operations:write');
    for (const [path, method, body] of [['', 'PATCH', { redirectUris: ['https://evil.tld/cb'] }], ['/secret', 'POST', {}], ['/disable', 'POST', { reason: 'x' }]] as const)
      expect((await api(`authentication/v1/clients/${id}${path}`, token, { method, body: JSON.stringify(body) })).status).toBe(403);
  });
});
