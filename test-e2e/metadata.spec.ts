import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import * as oidc from 'openid-client';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { basic, CALLBACK, codeOf, exchange, newClient, post, refresh, register, request, userinfo, Visitor } from './relying-party.js';
import type { Client, Json } from './relying-party.js';

let product: Product;
let client: Client;
let visitor: Visitor;

beforeAll(async () => {
  product = await startProduct();
  client = await newClient(product, { party: 'first' });
  ({ visitor } = await register(product, client));
}, 60_000);

afterAll(async () => {
  await product.stop();
});

const json = async (address: string) => {
  const answer = await fetch(address);
  return { status: answer.status, body: (await answer.json().catch(() => ({}))) as Json };
};

it('the metadata is where RFC 8414 and where OpenID Connect Discovery look for it, and the same everywhere', async () => {
  const own = await json(`${product.issuer}/.well-known/openid-configuration`);
  expect(own.body).toMatchObject({ issuer: product.issuer, token_endpoint: `${product.issuer}/token`, jwks_uri: `${product.issuer}/jwks` });
  for (const path of ['/.well-known/oauth-authorization-server/oidc', '/.well-known/openid-configuration/oidc', '/oidc/.well-known/oauth-authorization-server', '/.well-known/oauth-authorization-server/oidc?a=1'])
    expect([path, await json(`${product.origin}${path}`)]).toEqual([path, own]);
  for (const path of ['/.well-known/oauth-authorization-server/oidc/token', '/.well-known/oauth-authorization-server']) expect((await json(`${product.origin}${path}`)).status).toBe(404);
});

it('openid-client finds it by RFC 8414', async () => {
  const found = await oidc.discovery(new URL(product.issuer), client.id, {}, oidc.ClientSecretBasic(client.secret), { algorithm: 'oauth2', execute: [oidc.allowInsecureRequests] });
  expect(found.serverMetadata()).toMatchObject({ issuer: product.issuer, authorization_endpoint: `${product.issuer}/auth` });
});

it('redirect_uri is required, also of an application that registered one address alone (OIDC Core 3.1.2.1)', async () => {
  const { params } = request(client, { scope: 'openid' });
  delete params['redirect_uri'];
  expect((await visitor.authorize(params)).status).toBe(400);
  expect(await post(product, 'request', params, basic(client))).toMatchObject({ status: 400, body: { error: 'invalid_request', error_description: expect.stringContaining('redirect_uri') } });
});

it('login_hint fills the field of the sign-in page, also over a pushed request, and stays nowhere in clear', async () => {
  const hint = `ada.${randomUUID()}@example.com`;
  const field = (html: string) => /<input[^>]*name="(?:login|email)"[^>]*>/.exec(html)?.[0] ?? '';
  expect(field((await new Visitor(product).authorize(request(client, { login_hint: hint }).params)).html)).toContain(`value="${hint}"`);
  const pushed = await post(product, 'request', request(client, { login_hint: hint }).params, basic(client));
  expect(field((await new Visitor(product).authorize({ client_id: client.id, request_uri: String(pushed.body['request_uri']) })).html)).toContain(`value="${hint}"`);
  expect(product.printed()).not.toContain(hint);
});

it('the provider’s library prints no notice and no warning of its own, whatever it is asked', async () => {
  const { code, verifier } = await codeOf(visitor, client);
  const { body } = await exchange(product, client, code, verifier);
  await refresh(product, client, body['refresh_token']);
  await userinfo(product, body['access_token']);
  for (const path of ['token/introspection', 'token/revocation']) expect((await post(product, path, { token: String(body['access_token']) }, basic(client))).status).toBe(200);
  await post(product, 'token/revocation', { token: String(body['refresh_token']) }, basic(await newClient(product)));
  await fetch(`${product.issuer}/token`, { method: 'POST', headers: { origin: new URL(CALLBACK).origin, ...basic(client) }, body: new URLSearchParams({ grant_type: 'authorization_code' }) });
  await visitor.authorize({ client_id: 'nobody' });
  await visitor.go(`${product.issuer}/session/end?client_id=${client.id}`);
  await visitor.go(`${product.issuer}/session/end/success`);
  await post(product, 'request', request(client).params, basic(client));
  await newClient(product, { authenticationMethod: 'private_key_jwt', jwksUri: 'https://keys.example/jwks' });
  expect(product.printed()).not.toMatch(/oidc-provider (?:NOTICE|WARNING)/);
});

it('abuse 27: a refresh token of one application is revoked by no other', async () => {
  const { code, verifier } = await codeOf(visitor, client);
  const { body } = await exchange(product, client, code, verifier);
  const other = await newClient(product);
  const open = await newClient(product, { authenticationMethod: 'none' });
  expect(await post(product, 'token/revocation', { token: String(body['refresh_token']) }, basic(other))).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  await post(product, 'token/revocation', { token: String(body['refresh_token']), client_id: open.id });
  expect((await refresh(product, client, body['refresh_token'])).status).toBe(200);
});
