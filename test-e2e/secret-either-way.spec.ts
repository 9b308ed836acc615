import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { basic, CALLBACK, newClient, post, register, request } from './relying-party.js';
import type { Client, Json, Visitor } from './relying-party.js';

const MACHINE = { grantTypes: ['client_credentials'], scopes: ['profiles:read'], redirectUris: [], postLogoutRedirectUris: [] };
const form = { grant_type: 'client_credentials', scope: 'profiles:read' };
let product: Product;
let visitor: Visitor;

beforeAll(async () => {
  product = await startProduct();
  ({ visitor } = await register(product, await newClient(product)));
}, 60_000);

afterAll(async () => {
  await product.stop();
});

const inBody = ({ id, secret = '' }: Client) => ({ ...form, client_id: id, client_secret: secret });
const ways = async (client: Client) => [(await post(product, 'token', form, basic(client))).status, (await post(product, 'token', inBody(client))).status];

describe('a client with a secret', () => {
  it('sends it in the header or in the body, as its library does, unless it was registered to one way', async () => {
    const registered = (over: Json) => newClient(product, { ...MACHINE, ...over });
    expect(await ways(await registered({}))).toEqual([200, 200]);
    expect(await ways(await registered({ authenticationMethod: 'client_secret' }))).toEqual([200, 200]);
    expect(await ways(await registered({ authenticationMethod: 'client_secret_basic' }))).toEqual([200, 401]);
    expect(await ways(await registered({ authenticationMethod: 'client_secret_post' }))).toEqual([401, 200]);
  });

  it('sends it either way wherever a client proves who it is', async () => {
    const client = await newClient(product, { party: 'first' });
    const credentials = { client_id: client.id, client_secret: client.secret! };
    expect((await post(product, 'request', { ...request(client).params, ...credentials })).status).toBe(201);
    for (const path of ['token/introspection', 'token/revocation']) expect((await post(product, path, { token: 'unknown', ...credentials })).status).toBe(200);
  });

  it('abuse 35: sends it one way in one request, and a wrong one opens nothing in the body either', async () => {
    const client = await newClient(product, MACHINE);
    expect((await post(product, 'token', inBody(client), basic(client))).status).toBe(400);
    expect(await post(product, 'token', inBody({ ...client, secret: 'wrong' }))).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await post(product, 'token', inBody({ ...client, secret: 'kept-as-a-digest' }))).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('signs people in with the defaults of ASP.NET Core: secret in the body, answer by form_post', async () => {
    const client = await newClient(product, { party: 'first' });
    const configuration = await oidc.discovery(new URL(product.issuer), client.id, {}, oidc.ClientSecretPost(client.secret), { execute: [oidc.allowInsecureRequests] });
    const metadata = configuration.serverMetadata();
    for (const methods of [metadata.token_endpoint_auth_methods_supported, metadata.introspection_endpoint_auth_methods_supported, metadata.revocation_endpoint_auth_methods_supported])
      expect(methods).toEqual(expect.arrayContaining(['client_secret_basic', 'client_secret_post']));
    const { params, verifier } = request(client, { response_mode: 'form_post', nonce: 'n-1' });
    const page = await visitor.copy().authorize(params);
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page.html)?.[1] ?? '';
    const answer = new Request(CALLBACK, { method: 'POST', body: new URLSearchParams({ code: field('code'), state: field('state'), iss: field('iss') }) });
    const tokens = await oidc.authorizationCodeGrant(configuration, answer, { pkceCodeVerifier: verifier, expectedState: params['state']!, expectedNonce: 'n-1', idTokenExpected: true });
    expect((await oidc.fetchUserInfo(configuration, tokens.access_token, tokens.claims()!.sub)).email_verified).toBe(true);
  }, 30_000);
});
