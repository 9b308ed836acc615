import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, generateKeyPair, SignJWT } from 'jose';
import * as oidc from 'openid-client';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { answered, basic, codeOf, exchange, newClient, post, register, request } from './relying-party.js';
import type { Client, Json, Visitor } from './relying-party.js';

const MAIL = 'https://imap.example';
const FILES = 'https://files.example';
const serving = { grantTypes: ['client_credentials'], redirectUris: [], postLogoutRedirectUris: [], purposes: [] };
const scope = 'openid email mail:read files:read';
let product: Product;
let client: Client;
let dovecot: Client;
let files: Client;
let visitor: Visitor;

beforeAll(async () => {
  product = await startProduct();
  dovecot = await newClient(product, { name: 'Dovecot', ...serving, serves: [MAIL] });
  files = await newClient(product, { name: 'Files', ...serving, serves: [FILES], tokenFormat: 'opaque' });
  client = await newClient(product, { resources: [MAIL, FILES], scopes: ['openid', 'email', 'mail:read', 'files:read'], grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'] });
  ({ visitor } = await register(product, client, { over: { scope, resource: MAIL } }));
}, 60_000);

afterAll(async () => {
  await product.stop();
});

/** A token of the person for an API. */
async function tokenFor(resource: string, of = visitor): Promise<string> {
  const { params, verifier } = request(client, { scope: `openid email ${resource === MAIL ? 'mail:read' : 'files:read'}`, resource });
  const stop = await answered(of, await of.authorize(params));
  const { body } = await exchange(product, client, stop.sentTo?.get('code'), verifier, { resource });
  return String(body['access_token']);
}

/** As Dovecot asks with `oauth2_introspection_mode = post`: a form with the token alone, and its own name and secret in the header. */
const asks = async (server: Client, token: string, more: Record<string, string> = {}) => (await post(product, 'token/introspection', { token, ...more }, basic(server))).body;

describe('a resource server that introspects (RFC 7662)', () => {
  it('is told of a JWT that was made for it, as Dovecot asks', async () => {
    const token = await tokenFor(MAIL);
    const told = await asks(dovecot, token);
    expect(told).toMatchObject({ active: true, iss: product.issuer, aud: MAIL, client_id: client.id, scope: 'mail:read', sub: decodeJwt(token).sub, token_type: 'Bearer', exp: decodeJwt(token).exp });
    expect(Object.keys(told)).not.toContain('rests_on');
    expect((await asks(dovecot, token, { token_type_hint: 'access_token' }))['active']).toBe(true);
  });

  it('is told of an opaque token that was made for it, where it wants such', async () => {
    const token = await tokenFor(FILES);
    expect(token.split('.')).toHaveLength(1);
    const told = await asks(files, token);
    expect(told).toMatchObject({ active: true, iss: product.issuer, aud: FILES, client_id: client.id, scope: 'files:read', token_type: 'Bearer' });
    expect(Object.keys(told)).not.toContain('rests_on');
  });

  it('is told of a machine’s token, with openid-client', async () => {
    const { body } = await post(product, 'token', { grant_type: 'client_credentials', scope: 'mail:read', resource: MAIL }, basic(client));
    const configuration = await oidc.discovery(new URL(product.issuer), dovecot.id, {}, oidc.ClientSecretBasic(dovecot.secret), { execute: [oidc.allowInsecureRequests] });
    expect(await oidc.tokenIntrospection(configuration, String(body['access_token']))).toMatchObject({ active: true, aud: MAIL, client_id: client.id });
  });

  it('abuse 31: is told active:false of any other token, and no more', async () => {
    const [jwt, opaque] = [await tokenFor(MAIL), await tokenFor(FILES)];
    const { code, verifier } = await codeOf(visitor, client, { scope: 'openid email' });
    const { body } = await exchange(product, client, code, verifier);
    const own = await machineToken(product, 'profiles:read');
    const other = await newClient(product, { ...serving, serves: ['https://imap.example/'] });
    for (const [server, token] of [[files, jwt], [dovecot, opaque], [other, jwt], [dovecot, String(body['access_token'])], [dovecot, String(body['refresh_token'])], [dovecot, String(body['id_token'])], [dovecot, own]] as const)
      expect(await asks(server, token)).toEqual({ active: false });
  });

  it('abuse 28: is told active:false of a JWT that is forged, changed or nothing of ours', async () => {
    const token = await tokenFor(MAIL);
    const [head, payload] = token.split('.');
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' }).sign(privateKey);
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`;
    for (const one of [forged, unsigned, `${head}.${payload}.`, `${token.slice(0, -8)}AAAAAAAA`]) expect(await asks(dovecot, one)).toEqual({ active: false });
    expect((await post(product, 'token/introspection', { token }, basic({ ...dovecot, secret: 'wrong' }))).status).toBe(401);
  });

  it('abuse 27: is told active:false as soon as what a token rests on is gone: the authorization, the application', async () => {
    const somebody = (await register(product, client, { over: { scope, resource: MAIL } })).visitor;
    const [jwt, opaque] = [await tokenFor(MAIL, somebody), await tokenFor(FILES, somebody)];
    const both = async () => [(await asks(dovecot, jwt))['active'], (await asks(files, opaque))['active']];
    expect(await both()).toEqual([true, true]);
    const taken = await fetch(`${product.origin}/api/consent/v1/authorizations/${client.id}?subject=${String(decodeJwt(jwt).sub)}`, { method: 'DELETE', headers: { authorization: `Bearer ${await machineToken(product, 'consent:write')}` } });
    expect(taken.status).toBe(200);
    expect(await both()).toEqual([false, false]);
    const machine = await newClient(product, { grantTypes: ['client_credentials'], scopes: ['mail:read'], resources: [MAIL], redirectUris: [], postLogoutRedirectUris: [] });
    const { body } = await post(product, 'token', { grant_type: 'client_credentials', scope: 'mail:read', resource: MAIL }, basic(machine));
    expect((await asks(dovecot, String(body['access_token'])))['active']).toBe(true);
    await fetch(`${product.origin}/api/authentication/v1/clients/${machine.id}/disable`, { method: 'POST', headers: { authorization: `Bearer ${await machineToken(product, 'clients:write')}`, 'content-type': 'application/json' }, body: JSON.stringify({ reason: 'test' }) });
    expect((await asks(dovecot, String(body['access_token'])))['active']).toBe(false);
  }, 30_000);

  it('abuse 27: is told active:false of an opaque token too when its application was disabled', async () => {
    const other = await newClient(product, { party: 'first', resources: [FILES], scopes: ['openid', 'files:read'] });
    const somebody = (await register(product, client, { over: { scope, resource: MAIL } })).visitor;
    const { params, verifier } = request(other, { scope: 'openid files:read', resource: FILES });
    const stop = await answered(somebody, await somebody.authorize(params));
    const token = String((await exchange(product, other, stop.sentTo?.get('code'), verifier, { resource: FILES })).body['access_token']);
    expect((await asks(files, token))['active']).toBe(true);
    await fetch(`${product.origin}/api/authentication/v1/clients/${other.id}/disable`, { method: 'POST', headers: { authorization: `Bearer ${await machineToken(product, 'clients:write')}`, 'content-type': 'application/json' }, body: JSON.stringify({ reason: 'test' }) });
    expect(await asks(files, token)).toEqual({ active: false });
  }, 30_000);

  it('abuse 27: is told active:false when the session that a token rests on has ended', async () => {
    const short = await newClient(product, { party: 'first', resources: [MAIL, FILES], scopes: ['openid', 'mail:read', 'files:read'], grantTypes: ['authorization_code'] });
    const somebody = (await register(product, client, { over: { scope, resource: MAIL } })).visitor;
    const get = async (resource: string) => {
      const { params, verifier } = request(short, { scope: `openid ${resource === MAIL ? 'mail:read' : 'files:read'}`, resource });
      const stop = await answered(somebody, await somebody.authorize(params));
      return String((await exchange(product, short, stop.sentTo?.get('code'), verifier, { resource })).body['access_token']);
    };
    const [jwt, opaque] = [await get(MAIL), await get(FILES)];
    const both = async () => [(await asks(dovecot, jwt))['active'], (await asks(files, opaque))['active']];
    expect(await both()).toEqual([true, true]);
    await somebody.press(await somebody.go(`${product.issuer}/session/end?client_id=${short.id}`), 'Sign out');
    for (const until = Date.now() + 10_000; Date.now() < until && (await both()).includes(true); ) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await both()).toEqual([false, false]);
  }, 30_000);

  it('abuse 31: has a secret or a key of its own', async () => {
    const answer = await fetch(`${product.origin}/api/authentication/v1/clients`, { method: 'POST', headers: { authorization: `Bearer ${await machineToken(product, 'clients:write')}`, 'content-type': 'application/json' }, body: JSON.stringify({ name: 'x', redirectUris: ['https://x.example/cb'], authenticationMethod: 'none', serves: [MAIL] }) });
    expect([answer.status, (await answer.json()) as Json]).toEqual([422, expect.objectContaining({ type: 'authentication/not_for_public_clients' })]);
  });
});

it('abuse 32: revoking a JWT is refused by name, for nobody could be told (RFC 7009 section 2.2.1)', async () => {
  const token = await tokenFor(MAIL);
  expect(await post(product, 'token/revocation', { token }, basic(client))).toMatchObject({ status: 400, body: { error: 'unsupported_token_type' } });
  const opaque = await tokenFor(FILES);
  expect((await post(product, 'token/revocation', { token: opaque }, basic(client))).status).toBe(200);
  expect(await asks(files, opaque)).toEqual({ active: false });
});
