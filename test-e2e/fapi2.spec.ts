import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import * as oidc from 'openid-client';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { newKey, proof, thumbprintOf } from './proofs.js';
import type { Key } from './proofs.js';
import { atOnce, CALLBACK, newClient, post, register, request } from './relying-party.js';
import type { Client, Json, Visitor } from './relying-party.js';

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const seconds = () => Math.floor(Date.now() / 1_000);

let product: Product;
let visitor: Visitor;
let client: Client;
let key: Key;
let bound: Key;

beforeAll(async () => {
  product = await startProduct();
  ({ visitor } = await register(product, await newClient(product)));
  [key, bound] = [await newKey('ES256', 'one'), await newKey()];
  client = await fapi2([key]);
}, 60_000);

afterAll(async () => {
  await product.stop();
});

const fapi2 = (keys: readonly Key[], over: Json = {}) => newClient(product, { profile: 'fapi2', party: 'first', authenticationMethod: 'private_key_jwt', jwks: { keys: keys.map(({ jwk }) => jwk) }, scopes: ['openid', 'email', 'profiles:read'], purposes: ['account'], ...over });

const assertion = ({ id }: Client, over: Json = {}, by = key) =>
  new SignJWT({ jti: randomUUID(), iss: id, sub: id, aud: product.issuer, iat: seconds(), exp: seconds() + 60, ...over }).setProtectedHeader({ alg: by.alg, kid: by.jwk.kid ?? 'one' }).sign(by.privateKey);
const signed = async (who: Client, over: Json = {}, by = key) => ({ client_assertion_type: ASSERTION, client_assertion: await assertion(who, over, by) });
const tokenAddress = () => `${product.issuer}/token`;
const forToken = async (over: Json = {}, header: Json = {}) => ({ dpop: await proof(bound, { method: 'POST', address: tokenAddress() }, over, header) });

/** Pushes a request; resolves with its number. */
const pushed = async (who: Client, params: Record<string, string>, over: Json = {}, by = key) => post(product, 'request', { ...params, ...(await signed(who, over, by)) });

/** A code for the one who is signed in, by a pushed request. */
async function code(who = client, over: Record<string, string> = {}): Promise<{ code: string; verifier: string; iss: string | null }> {
  const { params, verifier } = request(who, { scope: 'openid email', ...over });
  const { body } = await pushed(who, params);
  const { sentTo, html } = await visitor.authorize({ client_id: who.id, request_uri: String(body['request_uri']) });
  if (!sentTo?.get('code')) throw new Error(`no code: ${JSON.stringify(body)} ${sentTo?.toString() ?? html}`);
  return { code: sentTo.get('code')!, verifier, iss: sentTo.get('iss') };
}

const redeem = async (grant: { code: string; verifier: string }, headers: Record<string, string>, over: Record<string, string> = {}, who = client) =>
  post(product, 'token', { grant_type: 'authorization_code', code: grant.code, redirect_uri: CALLBACK, code_verifier: grant.verifier, ...(await signed(who)), ...over }, headers);
const renew = async (token: unknown, headers: Record<string, string>, who = client) => post(product, 'token', { grant_type: 'refresh_token', refresh_token: String(token), ...(await signed(who)) }, headers);

async function tokens(over: Record<string, string> = {}, atToken: Record<string, string> = {}): Promise<Json> {
  const { status, body } = await redeem(await code(client, over), await forToken(), atToken);
  expect([status, body['token_type']]).toEqual([200, 'DPoP']);
  return body;
}

const me = async (token: unknown, headers: Record<string, string>) => (await fetch(`${product.issuer}/me`, { headers: { authorization: `DPoP ${String(token)}`, ...headers } })).status;
const forMe = async (token: unknown, over: Json = {}, by = bound) => ({ dpop: await proof(by, { method: 'GET', address: `${product.issuer}/me`, token: String(token) }, over) });

describe('an application of the profile fapi2', () => {
  it('signs somebody in with openid-client: keys, a pushed request, tokens bound to a key, iss in the answer (FAPI 2.0 Security Profile)', async () => {
    const configuration = await oidc.discovery(new URL(product.issuer), client.id, { id_token_signed_response_alg: 'ES256' }, oidc.PrivateKeyJwt({ key: key.privateKey, kid: 'one' }), { execute: [oidc.allowInsecureRequests] });
    const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'));
    const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
    const url = await oidc.buildAuthorizationUrlWithPAR(configuration, { redirect_uri: CALLBACK, scope: 'openid email', state, nonce, code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }, { DPoP });
    const { address } = await visitor.copy().go(url);
    expect(address.searchParams.get('iss')).toBe(product.issuer);
    const got = await oidc.authorizationCodeGrant(configuration, address, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }, undefined, { DPoP });
    expect([got.token_type, decodeProtectedHeader(got.id_token!).alg]).toEqual(['dpop', 'ES256']);
    const person = await oidc.fetchUserInfo(configuration, got.access_token, got.claims()!.sub, { DPoP });
    expect(person.email_verified).toBe(true);
    const again = await oidc.refreshTokenGrant(configuration, got.refresh_token!, undefined, { DPoP });
    expect(again.token_type).toBe('dpop');
  }, 30_000);

  it.each<[string, (aud: { issuer: string }) => unknown]>([
    ['a list that holds the issuer', ({ issuer }) => [issuer]],
    ['a list of the issuer and the token endpoint', ({ issuer }) => [issuer, `${issuer}/token`]],
    ['the token endpoint', ({ issuer }) => `${issuer}/token`],
    ['the endpoint that it is sent to', ({ issuer }) => `${issuer}/request`],
    ['the issuer with a slash', ({ issuer }) => `${issuer}/`],
  ])('is refused when its assertion is for %s: the audience is the issuer as one string', async (_, aud) => {
    const wrong = { aud: aud(product) };
    const { params } = request(client);
    expect((await pushed(client, params, wrong)).body['error']).toBe('invalid_client');
    expect((await post(product, 'token', { grant_type: 'refresh_token', refresh_token: 'x', ...(await signed(client, wrong)) }, await forToken())).body['error']).toBe('invalid_client');
  });

  it.each(['RS256', 'EdDSA'])('is refused when it signs with %s: ES256 or PS256 only', async (alg) => {
    const weak = await newKey(alg, 'weak');
    const who = await fapi2([weak]);
    expect((await pushed(who, request(who).params, {}, weak)).body['error']).toBe('invalid_client');
  });

  it('may sign with PS256', async () => {
    const strong = await newKey('PS256', 'strong');
    const who = await fapi2([strong]);
    expect((await pushed(who, request(who, { scope: 'openid' }).params, {}, strong)).status).toBe(201);
  });

  it('is refused without a pushed request', async () => {
    const { sentTo } = await visitor.authorize(request(client, { scope: 'openid' }).params);
    expect([sentTo?.get('error'), sentTo?.get('code')]).toEqual(['invalid_request', null]);
  });

  it('is refused when it pushes a request without a redirect address, or without a challenge', async () => {
    const { redirect_uri: _, ...params } = request(client, { scope: 'openid' }).params as Record<string, string>;
    expect((await pushed(client, params)).status).toBe(400);
    const { code_challenge: _c, code_challenge_method: _m, ...bare } = request(client, { scope: 'openid' }).params as Record<string, string>;
    expect((await pushed(client, bare)).body['error']).toBe('invalid_request');
  });

  it('gets no token without a proof, and keeps its code', async () => {
    const grant = await code();
    expect((await redeem(grant, {})).body['error']).toBe('invalid_grant');
    expect((await redeem(grant, await forToken())).status).toBe(200);
  });

  it('gets no token with a proof for another method, address, time or of an algorithm that is not taken', async () => {
    const ed = await newKey('EdDSA');
    for (const headers of [await forToken({ htm: 'GET' }), await forToken({ htu: `${product.issuer}/me` }), await forToken({ iat: seconds() - 3_600 }), { dpop: await proof(ed, { method: 'POST', address: tokenAddress() }) }])
      expect(['invalid_dpop_proof', 'use_dpop_nonce']).toContain((await redeem(await code(), headers)).body['error']);
  });

  it('gets a nonce, and a proof with it is taken', async () => {
    const answer = await fetch(tokenAddress(), { method: 'POST', headers: await forToken({ iat: seconds() - 3_600 }), body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x', ...(await signed(client)) }) });
    const nonce = answer.headers.get('dpop-nonce');
    expect(nonce).toEqual(expect.any(String));
    expect((await redeem(await code(), await forToken({ nonce, iat: seconds() - 3_600 }))).status).toBe(200);
    expect((await redeem(await code(), await forToken({ nonce: 'made-up' }))).body['error']).toBe('use_dpop_nonce');
  });

  it('may bind its code to a key where it pushes the request: no other key redeems it', async () => {
    const { params, verifier } = request(client, { scope: 'openid' });
    const { body } = await post(product, 'request', { ...params, ...(await signed(client)) }, { dpop: await proof(bound, { method: 'POST', address: `${product.issuer}/request` }) });
    const { sentTo } = await visitor.authorize({ client_id: client.id, request_uri: String(body['request_uri']) });
    const grant = { code: sentTo!.get('code')!, verifier };
    expect((await redeem(grant, { dpop: await proof(await newKey(), { method: 'POST', address: tokenAddress() }) })).body['error']).toBe('invalid_grant');
    const own = await newKey();
    const other = request(client, { scope: 'openid', dpop_jkt: await thumbprintOf(own) });
    expect((await post(product, 'request', { ...other.params, ...(await signed(client)) }, { dpop: await proof(bound, { method: 'POST', address: `${product.issuer}/request` }) })).status).toBe(400);
  });

  it('needs neither state nor nonce', async () => {
    const { state: _, ...params } = request(client, { scope: 'openid' }).params as Record<string, string>;
    const { body } = await pushed(client, params);
    const { sentTo } = await visitor.authorize({ client_id: client.id, request_uri: String(body['request_uri']) });
    expect([sentTo?.has('code'), sentTo?.has('state')]).toEqual([true, false]);
  });

  it('keeps its refresh token: nothing is rotated, and a lost answer costs nothing', async () => {
    const { refresh_token: token } = await tokens();
    const renewed = [await renew(token, await forToken()), await renew(token, await forToken())];
    expect(renewed.map(({ status, body }) => [status, body['refresh_token']])).toEqual([[200, token], [200, token]]);
    expect(new Set(renewed.map(({ body }) => body['access_token'])).size).toBe(2);
    const parallel = await atOnce(5, async () => renew(token, await forToken()));
    expect(parallel.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it('is refused with a proof that was used already', async () => {
    const { refresh_token: token } = await tokens();
    const headers = await forToken();
    expect((await renew(token, headers)).status).toBe(200);
    expect((await renew(token, headers)).body['error']).toBe('invalid_grant');
    const same = await forToken();
    const answers = await atOnce(4, () => renew(token, same));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('uses a code once, also by several at the same moment', async () => {
    const grant = await code();
    const answers = await atOnce(4, async () => redeem(grant, await forToken()));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('is nobody at UserInfo with the token alone, another key, another token or a proof that was used', async () => {
    const { access_token: token } = await tokens();
    const { access_token: other } = await tokens();
    expect((await fetch(`${product.issuer}/me`, { headers: { authorization: `Bearer ${String(token)}` } })).status).toBe(401);
    expect(await me(token, {})).toBe(400); // RFC 9449 section 7.1: the scheme asks for a proof, so the request is malformed
    expect(await me(token, await forMe(token, {}, await newKey()))).toBe(401);
    expect(await me(token, await forMe(other))).toBe(401);
    const headers = await forMe(token);
    expect([await me(token, headers), await me(token, headers)]).toEqual([200, 401]);
    const same = await forMe(token);
    const answers = await atOnce(5, () => me(token, same));
    expect([answers.filter((status) => status === 200), answers.filter((status) => status >= 500)]).toEqual([[200], []]);
  });

  it('cannot be registered with a secret, as a public client, or turned into one', async () => {
    for (const authenticationMethod of ['client_secret_basic', 'none']) await expect(newClient(product, { profile: 'fapi2', authenticationMethod })).rejects.toThrow(/authentication\/profile_needs_keys.*send authenticationMethod private_key_jwt/);
    await expect(newClient(product, { profile: 'other' })).rejects.toThrow('400');
  });

  it('is announced: proofs may be signed with ES256 and PS256', async () => {
    const document = (await (await fetch(`${product.issuer}/.well-known/openid-configuration`)).json()) as Json;
    expect([document['dpop_signing_alg_values_supported'], document['authorization_response_iss_parameter_supported']]).toEqual([['ES256', 'PS256'], true]);
  });
});

describe('any other application', () => {
  it('may send its assertion as it did', async () => {
    const plain = await newClient(product, { party: 'first', authenticationMethod: 'private_key_jwt', jwks: { keys: [key.jwk] }, purposes: ['account'] });
    expect((await pushed(plain, request(plain, { scope: 'openid' }).params, { aud: [product.issuer] })).status).toBe(201);
  });

  it('may bind its tokens to a key, and its refresh token still rotates and is used once', async () => {
    const open = await newClient(product, { party: 'first', authenticationMethod: 'none', purposes: ['account'] });
    const { params, verifier } = request(open, { scope: 'openid' });
    const { sentTo } = await visitor.authorize(params);
    const { body } = await post(product, 'token', { grant_type: 'authorization_code', client_id: open.id, code: sentTo!.get('code')!, redirect_uri: CALLBACK, code_verifier: verifier }, await forToken());
    expect(body['token_type']).toBe('DPoP');
    const use = async (headers: Record<string, string>) => post(product, 'token', { grant_type: 'refresh_token', client_id: open.id, refresh_token: String(body['refresh_token']) }, headers);
    expect((await use({})).body['error']).toBe('invalid_grant');
    expect((await use({ dpop: await proof(await newKey(), { method: 'POST', address: tokenAddress() }) })).body['error']).toBe('invalid_grant');
    const answers = await atOnce(4, async () => use(await forToken()));
    expect(answers.filter(({ status }) => status === 200).map(({ body: again }) => again['refresh_token'] !== body['refresh_token'])).toEqual([true]);
  });
});

describe('our own APIs, with a token that is bound to a key', () => {
  const path = '/api/profiles/v1/profiles/me';
  let token: string;

  beforeAll(async () => {
    const resource = `${product.origin}/api`;
    token = String((await tokens({ scope: 'openid profiles:read', resource }, { resource }))['access_token']);
  });

  const call = (headers: Record<string, string>, at = path) => fetch(`${product.origin}${at}`, { headers });
  const proven = async (over: Json = {}, by = bound, at = path) => ({ authorization: `DPoP ${token}`, dpop: await proof(by, { method: 'GET', address: `${product.origin}${at}`, token }, over) });

  it('take it with a proof for the request, the query left out (RFC 9449 section 4.3)', async () => {
    expect((decodeJwt(token)['cnf'] as Json)['jkt']).toBe(await thumbprintOf(bound));
    const answer = await call(await proven());
    expect([answer.status, answer.status === 200 ? '' : await answer.text()]).toEqual([200, '']);
    expect((await call(await proven(), `${path}?`)).status).toBe(200);
    expect((await call(await proven({ htu: `${product.origin}${path}?x=1#y` }))).status).toBe(200);
  });

  it.each<[string, () => Promise<Record<string, string>>]>([
    ['alone, as a bearer token', async () => ({ authorization: `Bearer ${token}` })],
    ['as a bearer token with a proof', async () => ({ ...(await proven()), authorization: `Bearer ${token}` })],
    ['without a proof', async () => ({ authorization: `DPoP ${token}` })],
    ['with a proof of another key', async () => proven({}, await newKey())],
    ['with a proof for another method', () => proven({ htm: 'POST' })],
    ['with a proof for another address', () => proven({ htu: `${product.origin}/api/profiles/v1/profiles` })],
    ['with a proof for another installation', () => proven({ htu: `https://evil.tld${path}` })],
    ['with a proof for another token', () => proven({ ath: 'x' })],
    ['with a proof from long ago', () => proven({ iat: seconds() - 300 })],
    ['with a proof from the future', () => proven({ iat: seconds() + 300 })],
    ['with a proof that has no number', () => proven({ jti: undefined })],
    ['with something that is no proof', async () => ({ authorization: `DPoP ${token}`, dpop: 'x.y.z' })],
  ])('refuse it %s', async (_, headers) => {
    const answer = await call(await headers());
    expect([answer.status, ((await answer.json()) as Json)['type']]).toEqual([401, 'web/invalid_proof']);
    expect(answer.headers.get('www-authenticate')).toMatch(/^DPoP error="invalid_dpop_proof".*algs="ES256 PS256"$/);
  });

  it('take a proof once, of however many come at the same moment', async () => {
    const headers = await proven();
    const answers = await atOnce(5, () => call(headers));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401]);
    expect((await call(headers)).status).toBe(401);
  });

  it('refuse a token that is bound to nothing when it comes as if it were', async () => {
    const resource = `${product.origin}/api`;
    const plain = await newClient(product, { party: 'first', authenticationMethod: 'none', scopes: ['openid', 'profiles:read'], purposes: ['account'] });
    const { params, verifier } = request(plain, { scope: 'openid profiles:read', resource });
    const { sentTo } = await visitor.authorize(params);
    const { body } = await post(product, 'token', { grant_type: 'authorization_code', client_id: plain.id, code: sentTo!.get('code')!, redirect_uri: CALLBACK, code_verifier: verifier, resource });
    const free = String(body['access_token']);
    expect((await call({ authorization: `Bearer ${free}` })).status).toBe(200);
    expect((await call({ authorization: `DPoP ${free}`, dpop: await proof(bound, { method: 'GET', address: `${product.origin}${path}`, token: free }) })).status).toBe(401);
  });
});
