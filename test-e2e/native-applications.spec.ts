import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { answered, newClient, register, request } from './relying-party.js';
import type { Client, Json, Visitor } from './relying-party.js';
import { symbolon } from './symbolon.js';

const NATIVE = { applicationType: 'native', authenticationMethod: 'none', postLogoutRedirectUris: [] };
let product: Product;
let visitor: Visitor;

beforeAll(async () => {
  product = await startProduct();
  ({ visitor } = await register(product, await newClient(product)));
}, 60_000);

afterAll(async () => {
  await product.stop();
});

const send = async (over: Json) => {
  const headers = { authorization: `Bearer ${await machineToken(product, 'clients:write')}`, 'content-type': 'application/json' };
  const answer = await fetch(`${product.origin}/api/authentication/v1/clients`, { method: 'POST', headers, body: JSON.stringify({ name: 'App', ...over }) });
  return { status: answer.status, body: (await answer.json()) as Json };
};

/** Where a request with this address leads: back to it, with a code or an error, or nowhere. */
async function leadsTo(client: Client, redirectUri: string): Promise<string> {
  const { params } = request(client, { redirect_uri: redirectUri, scope: 'openid' });
  const asked = await visitor.authorize(params);
  const stop = asked.status === 400 ? asked : await answered(visitor, asked);
  return stop.sentTo?.has('code') ? `${stop.address.protocol}//${stop.address.host}${stop.address.pathname}` : String(stop.status);
}

describe('a native application (RFC 8252)', () => {
  it('listens at any port of a loopback address, at the path that it registered', async () => {
    const app = await newClient(product, { ...NATIVE, redirectUris: ['http://127.0.0.1/callback', 'http://[::1]:4000/callback'] });
    expect(await leadsTo(app, 'http://127.0.0.1:51004/callback')).toBe('http://127.0.0.1:51004/callback');
    expect(await leadsTo(app, 'http://[::1]:4001/callback')).toBe('http://[::1]:4001/callback');
    for (const other of ['http://127.0.0.1:51004/other', 'http://127.0.0.1:51004/callback?a=1', 'http://localhost:51004/callback', 'https://127.0.0.1:51004/callback', 'http://127.0.0.2:51004/callback', 'http://127.0.0.1:51004@evil.tld/callback', 'http://evil.tld:51004/callback'])
      expect([other, await leadsTo(app, other)]).toEqual([other, '400']);
  }, 30_000);

  it('may register localhost, and then that port counts (RFC 8252 section 8.3)', async () => {
    const app = await newClient(product, { ...NATIVE, redirectUris: ['http://localhost:4700/cb'] });
    expect(await leadsTo(app, 'http://localhost:4700/cb')).toBe('http://localhost:4700/cb');
    expect(await leadsTo(app, 'http://localhost:4701/cb')).toBe('400');
  });

  it('has a scheme of its own, with a dot, and the page lets the browser go there', async () => {
    const app = await newClient(product, { ...NATIVE, redirectUris: ['com.example.app:/callback'] });
    const { params } = request(app, { redirect_uri: 'com.example.app:/callback', scope: 'openid' });
    const allow = await visitor.authorize(params);
    expect(allow.headers.get('content-security-policy')).toContain("form-action 'self' com.example.app:;");
    expect(await leadsTo(app, 'com.example.app:/callback')).toBe('com.example.app:///callback');
    expect(await leadsTo(app, 'com.example.other:/callback')).toBe('400');
  });

  it('abuse 5: is refused with a scheme that is everybody’s, with a host that is none of its own, and with a secret', async () => {
    for (const uri of ['javascript:alert(1)', 'myapp:/cb', 'data:text/html,x', 'com.example.app://host/cb', 'http://shop.example/cb', 'https://localhost/cb', 'com.example.app:/cb#x'])
      expect([uri, await send({ ...NATIVE, redirectUris: [uri] })]).toEqual([uri, { status: 400, body: expect.objectContaining({ type: 'web/invalid', errors: [expect.objectContaining({ field: 'redirectUris.0' })] }) }]);
    expect(await send({ applicationType: 'native', redirectUris: ['com.example.app:/cb'] })).toMatchObject({ status: 422, body: { type: 'authentication/native_is_public', detail: expect.stringContaining('none') } });
    expect(await send({ redirectUris: ['com.example.app:/cb'] })).toMatchObject({ status: 400, body: { errors: [{ field: 'redirectUris.0' }] } });
  });

  it('abuse 3: whose identity nothing proves gets no code before the person said so, each time (RFC 8252 section 8.6)', async () => {
    const app = await newClient(product, { ...NATIVE, party: 'first', redirectUris: ['com.example.app:/callback', 'https://app.example/callback'] });
    const at = async (redirectUri: string) => (await visitor.authorize(request(app, { redirect_uri: redirectUri, scope: 'openid' }).params)).sentTo?.has('code') ?? false;
    expect(await leadsTo(app, 'com.example.app:/callback')).toBe('com.example.app:///callback');
    expect(await at('com.example.app:/callback')).toBe(false);
    expect(await at('https://app.example/callback')).toBe(true);
  });

  it('a web application keeps its exact addresses', async () => {
    const web = await newClient(product, { redirectUris: ['http://127.0.0.1:4000/callback'], party: 'first' });
    expect(await leadsTo(web, 'http://127.0.0.1:4000/callback')).toBe('http://127.0.0.1:4000/callback');
    expect(await leadsTo(web, 'http://127.0.0.1:4001/callback')).toBe('400');
  });

  it('is made by command and signs somebody in with openid-client', async () => {
    const { printed, status } = await symbolon(product, 'client', 'create', '--name', 'App', '--native', '--redirect-uri', 'http://127.0.0.1/callback');
    expect([status, printed]).toEqual([0, expect.not.stringContaining('SECRET')]);
    const id = /OIDC_CLIENT_ID=(\S+)/.exec(printed)![1]!;
    const configuration = await oidc.discovery(new URL(product.issuer), id, {}, oidc.None(), { execute: [oidc.allowInsecureRequests] });
    const { params, verifier } = request({ id }, { redirect_uri: 'http://127.0.0.1:49152/callback' });
    const stop = await answered(visitor, await visitor.authorize(params));
    const tokens = await oidc.authorizationCodeGrant(configuration, stop.address, { pkceCodeVerifier: verifier, expectedState: params['state']!, idTokenExpected: true });
    expect(tokens.claims()?.aud).toBe(id);
  }, 30_000);
});
