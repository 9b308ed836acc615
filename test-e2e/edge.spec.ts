import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from './html.js';
import { freePorts, machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { exchangeRaw, get, listener } from './raw-http.js';
import type { RawAnswer } from './raw-http.js';
import { basic, newClient, post, withUnsignedAssertion } from './relying-party.js';
import type { Json } from './relying-party.js';

const ISSUER = 'https://id.example/oidc';
const HOST = 'Host: id.example';
const DISCOVERY = '/oidc/.well-known/openid-configuration';

let product: Product;
/** The product behind something that ends TLS: reached by http at its own port, at home under its issuer's address. */
let inside: { origin: string; issuer: string; admin: Product['admin'] };

beforeAll(async () => {
  const ports = await freePorts();
  product = await startProduct({ ports, environment: { SYMBOLON_ISSUER: ISSUER, SYMBOLON_SMTP_URL: 'smtp://127.0.0.1:1', SYMBOLON_TRUSTED_PROXIES: '127.0.0.1' } });
  const origin = `http://127.0.0.1:${ports.port}`;
  inside = { origin, issuer: `${origin}/oidc`, admin: product.admin };
}, 60_000);

afterAll(async () => product.stop());

const ask = (target: string, ...headers: string[]): Promise<RawAnswer> => exchangeRaw(inside.origin, get(target, headers.length === 0 ? [HOST] : headers));
const api = async (path: string, init: RequestInit = {}, scope = 'clients:write clients:read'): Promise<Response> =>
  fetch(`${inside.origin}/api/${path}`, { ...init, headers: { authorization: `Bearer ${await machineToken(inside, scope)}`, 'content-type': 'application/json' } });

/** Every address in a document that leads to us. */
const addresses = (document: Json): string[] => Object.entries(document).flatMap(([name, value]) => (typeof value === 'string' && (name === 'issuer' || /_endpoint$|_uri$/.test(name)) ? [value] : []));

describe('what is handed out', () => {
  it.each<[string, string, string[]]>([
    ['by http, though the issuer has https', DISCOVERY, [HOST]],
    ['by a proxy that names a script as the scheme', DISCOVERY, [HOST, 'X-Forwarded-Proto: javascript']],
    ['by a proxy that says http', DISCOVERY, [HOST, 'X-Forwarded-Proto: http', 'X-Forwarded-Port: 8080', 'Forwarded: proto=http;host=evil.example']],
    ['with the port that https has anyway', DISCOVERY, [`${HOST}:443`]],
    ['in capital letters', DISCOVERY, ['Host: ID.EXAMPLE']],
    ['at loopback', DISCOVERY, []],
    ['by an address as the target', `http://id.example${DISCOVERY}`, ['Host: evil.example']],
    ['by an address of a script as the target', `javascript://id.example${DISCOVERY}`, [HOST]],
  ])('abuse 55: is at the issuer’s address, asked %s', async (_how, target, headers) => {
    const { status, body } = await ask(target, ...(headers.length > 0 ? headers : [`Host: ${new URL(inside.origin).host}`]));
    expect(status).toBe(200);
    const found = addresses(JSON.parse(body) as Json);
    expect(found.length).toBeGreaterThan(5);
    for (const address of found) expect(address).toMatch(/^https:\/\/id\.example\/oidc/);
  });

  it('abuse 55: is not said to another host, however it is named', async () => {
    for (const [target, ...headers] of [
      ['http://evil.example/oidc/auth', HOST], ['/', 'Host: evil.example'], ['/', HOST, 'X-Forwarded-Host: evil.example'], ['/', 'Host: id.example:80'], ['/', 'Host: id.example@evil.example'], ['/', 'Host: evil.example@id.example'],
    ] as const) expect([target, ...headers, (await ask(target, ...headers)).status]).toEqual([target, ...headers, 421]);
  });

  it('abuse 55: nor to whoever names two hosts, or none', async () => {
    for (const headers of [[HOST, HOST], [HOST, 'Host: evil.example'], ['Host: evil.example', HOST], ['Accept: text/html']]) {
      const { status, headers: sent, body } = await ask('/account', ...headers);
      expect([status, sent['content-type'], (JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) as Json)['type']]).toEqual([400, 'application/problem+json; charset=utf-8', 'web/one_host']);
    }
  });

  it('a visit begins, with cookies that are Secure, whatever the connection is', async () => {
    for (const more of [[], ['X-Forwarded-Proto: http'], ['X-Forwarded-Proto: https']]) {
      const account = await ask('/account', HOST, ...more);
      const location = new URL(account.headers['location']!);
      expect([account.status, location.origin]).toEqual([303, 'https://id.example']);
      const begun = await fetch(`${inside.origin}${location.pathname}${location.search}`, { redirect: 'manual', headers: Object.fromEntries(more.map((line) => line.split(': ') as [string, string])) });
      expect([begun.status, begun.headers.get('location')]).toEqual([303, expect.stringMatching(/^\/i\/[\w-]+$/)]);
      const cookies = begun.headers.getSetCookie();
      expect(cookies.length).toBeGreaterThan(2);
      for (const cookie of cookies) expect(cookie).toMatch(/^__(Host|Secure)-symbolon_.*; secure/i);
    }
  });

  it('browsers are told to come back by https alone', async () => {
    for (const target of ['/account', DISCOVERY, '/api/authentication/v1/clients', '/nothing', '/oidc/nothing', '/%']) expect([target, (await ask(target)).headers['strict-transport-security']]).toEqual([target, 'max-age=31536000']);
  });

  it('abuse 50: no answer of an API lies in a cache', async () => {
    for (const [path, init] of [['authentication/v1/clients', {}], ['authentication/v1/clients/nobody', {}], ['nothing', {}], ['consent/v1/purposes', {}], ['authentication/v1/clients', { method: 'POST', body: '{}' }]] as const) {
      const answer = await api(path, init, 'clients:write clients:read consent:read');
      expect([path, answer.headers.get('cache-control')]).toEqual([path, 'no-store']);
    }
    expect((await ask('/api/authentication/v1/clients')).headers['cache-control']).toBe('no-store');
  });
});

describe('what goes wrong where a machine asks', () => {
  const ACCEPTS = ['text/html', 'text/html,application/xhtml+xml,*/*;q=0.8', '*/*', 'application/json', 'text/plain', 'image/png'];

  it.each([
    ['token', {}], ['token', { grant_type: 'authorization_code' }], ['token', { grant_type: 'nothing', client_id: 'nobody' }], ['token/introspection', {}], ['token/introspection', { token: 'x' }], ['token/revocation', {}], ['token/revocation', { token: 'x' }], ['request', {}], ['request', { client_id: 'nobody' }], ['me', {}],
  ])('is JSON whatever Accept says (RFC 6749 section 5.2): %s %j', async (path, form) => {
    for (const accept of ACCEPTS) {
      const answer = await fetch(`${inside.issuer}/${path}`, { method: 'POST', headers: { accept }, body: new URLSearchParams(form as Record<string, string>) });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([expect.any(Number), 'application/json; charset=utf-8']);
      expect([400, 401]).toContain(answer.status);
      expect(((await answer.json()) as Json)['error']).toEqual(expect.any(String));
      expect(answer.headers.get('cache-control')).toContain('no-store');
    }
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['in a form', { grant_type: 'client_credentials', client_id: 'admin%', scope: '100%' }, {}],
    ['in Basic credentials', { grant_type: 'client_credentials' }, { authorization: `Basic ${Buffer.from('shop:%ZZ').toString('base64')}` }],
    ['in the name of Basic credentials', { grant_type: 'client_credentials' }, { authorization: `Basic ${Buffer.from('%:secret').toString('base64')}` }],
  ])('a lone percent sign is the caller’s: %s', async (_where, form, headers) => {
    const raw = Object.entries(form).map(([name, value]) => `${name}=${value}`).join('&'); // as it is, not encoded
    const answer = await fetch(`${inside.issuer}/token`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: raw });
    expect([400, 401]).toContain(answer.status);
    expect(await answer.json()).toMatchObject({ error: expect.stringMatching(/^invalid_(request|client|scope)$/) });
  });

  it.each([['a method that it does not take', '/oidc/token'], ['what is not there', '/oidc/token/nothing'], ['an address that cannot be read', '/oidc/token?a=%zz'], ['headers without end', '/oidc/request', `X: ${'a'.repeat(40_000)}`], ['an address without end', `/oidc/me?a=${'a'.repeat(40_000)}`]])('is JSON for %s', async (_what, target, ...more) => {
    const { status, headers, body } = await ask(target, HOST, 'Accept: text/html', ...more);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).toContain('"error":"invalid_request"');
  });
});

describe('an address that leads nowhere', () => {
  const LONG = 'a'.repeat(40_000);

  it.each([
    ['/%', 400], ['/%zz', 400], ['/%c3%28', 400], ['//', 404], ['//evil.example/a', 404], ['/nothing', 404], ['/..;/account', 404], ['/i/%', 400], ['/i/LONGER', 400], ['/oidc/%', 400], ['/oidc/%zz', 400], ['/oidc//', 404], ['/oidc/nothing', 404], ['/oidc//evil.example', 404], ['/LONG', 431], ['/account?a=LONG', 431],
  ])('is a page for a browser, in our face: %s', async (short, status) => {
    const target = short.replace('LONGER', 'a'.repeat(600)).replace('LONG', LONG);
    const answer = await ask(target, HOST, 'Accept: text/html');
    expect([answer.status, answer.headers['content-type'], answer.headers['content-security-policy']]).toEqual([status, 'text/html; charset=utf-8', expect.stringContaining("default-src 'none'")]);
    expect(parse(answer.body).title).toMatch(/This request cannot be read|There is nothing here/);
  });

  it.each([['/api/%', 400], ['/api/%zz', 400], ['/api//', 404], ['/api/nothing', 404], ['/%61pi/nothing', 404], ['/api/LONG', 431], ['/api/authentication/v1/clients?a=LONG', 431]])('is a problem for an API: %s', async (short, status) => {
    const target = short.replace('LONG', LONG);
    const answer = await ask(target, HOST, 'Accept: text/html');
    expect([answer.status, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([status, 'application/problem+json; charset=utf-8', 'no-store']);
    expect(answer.body).toMatch(/"type":"web\/(invalid|not_found)"/);
  });

  it('headers without end are answered, in the same way', async () => {
    for (const [target, type] of [['/account', 'text/html'], ['/api/x', 'application/problem+json']] as const) {
      const answer = await ask(target, HOST, `X: ${LONG}`);
      expect([answer.status, answer.headers['content-type']]).toEqual([431, `${type}; charset=utf-8`]);
    }
  });
});

describe('the policy of a page that refuses a request', () => {
  it.each(['https://evil.example/cb', 'https://evil.example;sandbox/cb', 'https://shop.example.evil.example/cb'])('abuse 51: names nothing of what was asked: %s', async (uri) => {
    const client = await newClient(inside as Product, { purposes: ['account'] });
    const pages: [string, Record<string, string>][] = [['auth', { client_id: client.id, redirect_uri: uri }], ['auth', { client_id: 'nobody', redirect_uri: uri }], ['session/end', { post_logout_redirect_uri: uri }]];
    for (const [page, params] of pages) {
      const answer = await ask(`/oidc/${page}?${new URLSearchParams({ response_type: 'code', scope: 'openid', ...params })}`, HOST, 'Accept: text/html');
      expect(answer.headers['content-security-policy']).toContain("form-action 'self'");
      expect(answer.headers['content-security-policy']).not.toMatch(/evil|sandbox/);
    }
  });
});

describe('what is registered', () => {
  const register = (over: Json) => api('authentication/v1/clients', { method: 'POST', body: JSON.stringify({ name: 'Shop', redirectUris: ['https://shop.example/cb'], purposes: ['account'], ...over }) });
  const KEYS = { authenticationMethod: 'private_key_jwt' };

  it.each(['https://127.0.0.1/jwks', 'https://localhost/jwks', 'https://[::1]/jwks', 'https://169.254.169.254/latest/meta-data', 'https://10.0.0.1:8443/jwks', 'https://2130706433/jwks'])('abuse 83: keys do not lie inside: %s', async (jwksUri) => {
    const answer = await register({ ...KEYS, jwksUri });
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ errors: [expect.objectContaining({ field: 'jwksUri', rule: 'public_address' })] })]);
  });

  it('abuse 83, 84: nor is a name that leads inside followed when they are fetched', async () => {
    const here = await listener('0.0.0.0');
    const { id } = (await (await register({ ...KEYS, jwksUri: `https://${hostname()}:${here.port}/jwks` })).json()) as { id: string };
    const answer = await withUnsignedAssertion(inside, id, ISSUER);
    here.close();
    expect([answer.status, answer.body['error'], here.visits()]).toEqual([expect.any(Number), expect.stringMatching(/^invalid_client/), 0]);
    expect(answer.status).toBeLessThan(500);
  });

  it.each([['profiles:raed'], ['orders:read']])('abuse 98: a scope that exists nowhere is refused by its field: %s', async (scope) => {
    const answer = await register({ scopes: ['openid', scope] });
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ errors: [expect.objectContaining({ field: 'scopes', rule: 'unknown_scope', message: expect.stringContaining(scope) })] })]);
  });

  it('abuse 98: a scope of an API that the application is registered for is taken, and goes with it', async () => {
    const client = await newClient(inside as Product, { scopes: ['openid', 'orders:read'], resources: ['https://orders.example'], purposes: ['account'] });
    const change = (body: Json) => api(`authentication/v1/clients/${client.id}`, { method: 'PATCH', body: JSON.stringify(body) });
    expect((await change({ resources: [] })).status).toBe(400);
    expect((await change({ name: 'Bookshop' })).status).toBe(200);
    expect((await change({ resources: [], scopes: ['openid'] })).status).toBe(200);
    expect((await post(inside, 'token', { grant_type: 'client_credentials' }, basic(client))).status).toBe(400);
  });
});
