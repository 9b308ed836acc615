import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey } from 'jose';
import * as oidc from 'openid-client';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { basic, CALLBACK, newClient, post, register, request } from './relying-party.js';
import type { Client, Json, Visitor } from './relying-party.js';

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const seconds = () => Math.floor(Date.now() / 1_000);
const MACHINE = { grantTypes: ['client_credentials'], scopes: ['profiles:read'], redirectUris: [], postLogoutRedirectUris: [] };
let product: Product;
let visitor: Visitor;
let keys: { privateKey: CryptoKey; jwk: Json };

beforeAll(async () => {
  product = await startProduct();
  ({ visitor } = await register(product, await newClient(product)));
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  keys = { privateKey, jwk: { ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'one' } };
}, 60_000);

afterAll(async () => {
  await product?.stop();
});

const discovered = (id: string, authentication: oidc.ClientAuth) => oidc.discovery(new URL(product.issuer), id, {}, authentication, { execute: [oidc.allowInsecureRequests] });
const withKeys = (over: Json = {}) => newClient(product, { authenticationMethod: 'private_key_jwt', jwks: { keys: [keys.jwk] }, party: 'first', ...over });
const machine = () => withKeys({ grantTypes: ['client_credentials'], scopes: ['profiles:read'], redirectUris: [], postLogoutRedirectUris: [] });

const assertion = ({ id }: Client, over: Json = {}, header: Json = {}) =>
  new SignJWT({ jti: randomUUID(), iss: id, sub: id, aud: product.issuer, iat: seconds(), exp: seconds() + 60, ...over }).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(keys.privateKey);
const ask = (client_assertion: string) => post(product, 'token', { grant_type: 'client_credentials', scope: 'profiles:read', client_assertion_type: ASSERTION, client_assertion });

describe('openid-client signs somebody in', () => {
  it.each([
    ['with a secret', async () => newClient(product, { party: 'first' }), ({ secret }: Client) => oidc.ClientSecretBasic(secret)],
    ['with a key', async () => withKeys(), () => oidc.PrivateKeyJwt({ key: keys.privateKey, kid: 'one' })],
    ['with neither, as a public client', async () => newClient(product, { party: 'first', authenticationMethod: 'none' }), () => oidc.None()],
  ])('%s, over a pushed request, and refreshes (SSO-3, SSO-8)', async (_, make, authentication) => {
    const client = await make();
    const configuration = await discovered(client.id, authentication(client));
    const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
    const url = await oidc.buildAuthorizationUrlWithPAR(configuration, { redirect_uri: CALLBACK, scope: 'openid email', state, nonce, code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' });
    const { address } = await visitor.copy().go(url);
    const tokens = await oidc.authorizationCodeGrant(configuration, address, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
    const person = await oidc.fetchUserInfo(configuration, tokens.access_token, tokens.claims()!.sub);
    expect(person.email_verified).toBe(true);
    expect((await oidc.refreshTokenGrant(configuration, tokens.refresh_token!)).access_token).not.toBe(tokens.access_token);
  }, 30_000);
});

describe('an assertion of a client', () => {
  it.each<[string, Json]>([
    ['for somebody else', { aud: 'https://evil.tld' }],
    ['that is over', { exp: seconds() - 120 }],
    ['good for a day', { exp: seconds() + 86_400 }],
    ['not good yet', { nbf: seconds() + 600 }],
    ['of another issuer', { iss: 'c_somebody' }],
    ['without an id', { jti: undefined }],
    ['without an end', { exp: undefined }],
  ])('abuse 34: %s is refused', async (_, over) => {
    expect(await ask(await assertion(await machine(), over))).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('abuse 34: signed with a key that nobody registered is refused, also when it brings the key along', async () => {
    const [client, own] = [await machine(), await generateKeyPair('ES256', { extractable: true })];
    const forged = await new SignJWT({ jti: randomUUID(), iss: client.id, sub: client.id, aud: product.issuer, exp: seconds() + 60 }).setProtectedHeader({ alg: 'ES256', kid: 'one', jwk: await exportJWK(own.publicKey) }).sign(own.privateKey);
    expect((await ask(forged)).status).toBe(401);
  });

  it('abuse 34: is the only way in: no secret, and no client id alone', async () => {
    const client = await machine();
    for (const answer of [await post(product, 'token', { grant_type: 'client_credentials', client_id: client.id }), await post(product, 'token', { grant_type: 'client_credentials' }, basic({ ...client, secret: 'kept-as-a-digest' }))])
      expect(answer.status).toBe(401);
  });
});

describe('a client with a secret', () => {
  it('abuse 35: is let in by that secret alone, never by what stands for it inside', async () => {
    const client = await newClient(product, { ...MACHINE, authenticationMethod: 'client_secret_basic' });
    const form = { grant_type: 'client_credentials', scope: 'profiles:read' };
    expect((await post(product, 'token', form, basic(client))).status).toBe(200);
    for (const secret of ['kept-as-a-digest', '', `${client.secret}x`, client.secret!.slice(1)]) expect((await post(product, 'token', form, basic({ ...client, secret }))).status).toBeGreaterThanOrEqual(400);
    expect((await post(product, 'token', { ...form, client_id: client.id, client_secret: client.secret! })).status).toBe(401);
  });

  it('abuse 35: of which somebody guesses the secret is let in no more from there for a while, which no answer tells', async () => {
    const [client, other] = [await newClient(product, MACHINE), await newClient(product, MACHINE)];
    const form = { grant_type: 'client_credentials', scope: 'profiles:read' };
    const wrong = await Promise.all(Array.from({ length: 101 }, () => post(product, 'token', form, basic({ ...client, secret: 'a guess' }))));
    const right = await post(product, 'token', form, basic(client));
    expect(right).toEqual(wrong[0]);
    expect(right).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect((await post(product, 'token', form, basic(other))).status).toBe(200);
  }, 30_000);

  it('abuse 39: has its pushed request, and nothing that is sent beside it', async () => {
    const client = await newClient(product, { party: 'first' });
    const pushed = await post(product, 'request', request(client, { scope: 'openid', state: 'pushed' }).params, basic(client));
    const { sentTo, address } = await visitor.copy().authorize({ client_id: client.id, request_uri: String(pushed.body['request_uri']), state: 'beside', redirect_uri: 'https://evil.tld' });
    expect(address.origin).not.toBe('https://evil.tld');
    expect(sentTo?.get('state') ?? 'pushed').toBe('pushed');
  });
});

describe('nobody grants more than they hold (RBC-1)', () => {
  const send = async (path: string, method: string, body: object, scope: string) =>
    fetch(`${product.origin}/api/authentication/v1/clients${path}`, { method, headers: { authorization: `Bearer ${await machineToken(product, scope)}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const strong = () => newClient(product, { grantTypes: ['client_credentials'], scopes: ['profiles:write'], redirectUris: [], postLogoutRedirectUris: [] });

  it('abuse 98: not by a new application', async () => {
    expect((await send('', 'POST', { name: 'x', grantTypes: ['client_credentials'], scopes: ['operations:write'] }, 'clients:write')).status).toBe(403);
  });

  it('abuse 98: not by a change', async () => {
    expect((await send(`/${(await strong()).id}`, 'PATCH', { scopes: ['operations:write'] }, 'clients:write profiles:write')).status).toBe(403);
  });

  it('abuse 98: not by a change that lets an application act for itself', async () => {
    const web = await newClient(product, { scopes: ['openid', 'profiles:write'] });
    expect((await send(`/${web.id}`, 'PATCH', { grantTypes: ['client_credentials'] }, 'clients:write')).status).toBe(403);
  });

  it('abuse 98: not by a new secret, nor by a new key, of an application that may do more', async () => {
    const { id } = await strong();
    expect((await send(`/${id}/secret`, 'POST', {}, 'clients:write')).status).toBe(403);
    expect((await send(`/${id}`, 'PATCH', { authenticationMethod: 'private_key_jwt', jwks: { keys: [keys.jwk] } }, 'clients:write')).status).toBe(403);
    expect((await send('/c_operator/secret', 'POST', {}, 'clients:write')).status).toBe(403);
    expect((await send(`/${id}/secret`, 'POST', {}, 'clients:write profiles:write')).status).toBe(201);
  });
});
