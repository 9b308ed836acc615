import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from './html.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { basic, CALLBACK, codeOf, exchange, newClient, post, register, request, Visitor } from './relying-party.js';
import type { Client } from './relying-party.js';

let product: Product;
let client: Client;
let visitor: Visitor;

beforeAll(async () => {
  product = await startProduct();
  client = await newClient(product, { redirectUris: [CALLBACK, 'https://app.example.com/cb', 'http://127.0.0.1:5000/cb'] });
  ({ visitor } = await register(product, client));
}, 60_000);

afterAll(async () => {
  await product?.stop();
});

/** The answer to an authorization request: a page of ours, or the address that we sent the browser to. */
const ask = (over: Record<string, string>, who: Visitor = visitor) => who.authorize(request(client, over).params);
const staysHere = async (over: Record<string, string>) => {
  const stop = await ask(over);
  expect([stop.address.origin, stop.status]).toEqual([product.origin, 400]);
};

describe('a redirect address that was not registered letter by letter leads nowhere', () => {
  it.each([
    ['abuse 1: a prefix', 'https://app.example.com.evil.tld/cb'],
    ['abuse 2: a path traversal', 'https://app.example.com/cb/../x'],
    ['abuse 2: an encoded path traversal', 'https://app.example.com/%2e%2e/cb'],
    ['abuse 2: a doubly encoded slash', 'https://app.example.com/cb%252f'],
    ['abuse 2: a path parameter', 'https://app.example.com/cb/..;/x'],
    ['abuse 3: user information', 'https://app.example.com@evil.tld/cb'],
    ['abuse 3: two at signs', 'https://app.example.com@evil.tld@app.example.com/cb'],
    ['abuse 4: a backslash', 'https://app.example.com\\@evil.tld/cb'],
    ['abuse 4: a line break', 'https://app.example.com/cb\r\nx: y'],
    ['abuse 4: a trailing dot', 'https://app.example.com./cb'],
    ['abuse 4: another case', 'https://APP.example.com/cb'],
    ['abuse 4: no scheme', '//app.example.com/cb'],
    ['abuse 5: a script', 'javascript:alert(1)'],
    ['abuse 6: another port on loopback', 'http://127.0.0.1:5001/cb'],
    ['abuse 6: localhost for 127.0.0.1', 'http://localhost:5000/cb'],
    ['abuse 7: a fragment', 'https://app.example.com/cb#x'],
  ])('%s', (_, redirect_uri) => staysHere({ redirect_uri }));

  it('abuse 9: nor does that of an unknown application', () => staysHere({ client_id: 'c_nobody', redirect_uri: 'https://evil.tld' }));

  it.each([['client_id'], ['redirect_uri'], ['state']])('abuse 8: nor does a request with two of %s', async (name) => {
    const { params } = request(client, { redirect_uri: CALLBACK });
    const twice = new URLSearchParams(params);
    twice.append(name, 'other');
    const stop = await visitor.go(`${product.issuer}/auth?${twice}`);
    expect(stop.sentTo?.get('code') ?? undefined).toBeUndefined();
    expect(stop.sentTo ? stop.sentTo.get('error') : stop.status).toEqual(stop.sentTo ? 'invalid_request' : 400);
  });
});

describe('an error page of the provider', () => {
  it.each([['client_id=nope'], [`client_id=nope&redirect_uri=${encodeURIComponent(CALLBACK)}`]])('shows a number, and under that number the log says why: ?%s', async (query) => {
    const { html, headers } = await visitor.go(`${product.issuer}/auth?${query}`);
    const number = /Number: (\S+)/.exec(parse(html).text)?.[1] ?? 'none';
    expect(headers.get('x-request-id')).toBe(number);
    const line = product.printed().split('\n').find((one) => one.includes(number)) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({ level: 'warn', message: 'authorization.error', requestId: number, error: 'invalid_client', detail: expect.stringMatching(/\S/) });
  });

  it('takes the number that a proxy gave the request, when it is one', async () => {
    const numberOf = async (sent: string) => (await fetch(`${product.issuer}/auth?client_id=nope`, { headers: { 'x-request-id': sent } })).headers.get('x-request-id');
    expect(await numberOf('proxy-12345678')).toBe('proxy-12345678');
    expect(await numberOf('<b>not a number</b>')).toMatch(/^[\da-f-]{36}$/);
  });
});

describe('an authorization request', () => {
  it.each([['token'], ['id_token'], ['id_token token'], ['code id_token'], ['none']])('abuse 10: with response_type %s is refused', async (response_type) => {
    expect((await ask({ response_type, nonce: 'n' })).sentTo?.get('error') ?? 'page').toMatch(/unsupported_response_type|unauthorized_client|page/);
  });

  it('abuse 10: with the code in the fragment is refused', async () => {
    const stop = await ask({ response_mode: 'fragment' });
    const answers = [stop.address.searchParams, new URLSearchParams(stop.address.hash.slice(1))];
    expect(answers.map((answer) => answer.get('code'))).toEqual([null, null]);
    expect(answers.map((answer) => answer.get('error')).join('')).toBe('invalid_request');
  });

  it('abuse 11: that is refused carries iss and state, and no HTML', async () => {
    const stop = await ask({ scope: 'openid', prompt: 'none login', state: 'kept' });
    expect(Object.fromEntries(stop.sentTo ?? [])).toMatchObject({ error: 'invalid_request', iss: product.issuer, state: 'kept' });
    expect(stop.sentTo?.get('error_description')).not.toContain('<');
  });

  it('abuse 12: without a challenge is refused', async () => {
    const { params } = request(client);
    const { code_challenge: _challenge, code_challenge_method: _method, ...without } = params;
    expect((await visitor.authorize(without)).sentTo?.get('error')).toBe('invalid_request');
  });

  it('abuse 13: with a plain challenge is refused', async () => {
    expect((await ask({ code_challenge_method: 'plain' })).sentTo?.get('error')).toBe('invalid_request');
  });

  it('abuse 15: without a challenge gives no code for a verifier to be sent with', async () => {
    const { params } = request(client);
    const { code_challenge: _challenge, code_challenge_method: _method, ...without } = params;
    expect((await visitor.authorize(without)).sentTo?.has('code')).toBe(false);
  });

  it('abuse 20: is answered with the issuer (RFC 9207), which discovery announces', async () => {
    expect((await ask({})).sentTo?.get('iss')).toBe(product.issuer);
    const metadata = (await (await fetch(`${product.issuer}/.well-known/openid-configuration`)).json()) as Record<string, unknown>;
    expect(metadata).toMatchObject({ issuer: product.issuer, authorization_response_iss_parameter_supported: true, response_types_supported: ['code'], code_challenge_methods_supported: ['S256'] });
  });

  it('abuse 19: gives a code that says nothing about what it is bound to', async () => {
    const { code, verifier } = await codeOf(visitor, client);
    expect(code).toMatch(/^[\w-]{43}$/);
    expect((await exchange(product, client, `${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`, verifier)).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('abuse 36: by an unsigned request object is refused', async () => {
    const object = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ client_id: client.id, redirect_uri: 'https://evil.tld' })).toString('base64url')}.`;
    expect((await ask({ request: object })).sentTo?.get('error')).toBe('request_not_supported');
  });

  it('abuse 37: by a request_uri of somebody else’s host is refused', async () => {
    const stop = await ask({ request_uri: 'https://evil.tld/request' });
    expect(stop.sentTo?.get('code') ?? null).toBeNull();
  });

  it('abuse 38: by a pushed request of another client is refused', async () => {
    const other = await newClient(product);
    const pushed = await post(product, 'request', request(other).params, basic(other));
    const stop = await visitor.authorize({ client_id: client.id, request_uri: String(pushed.body['request_uri']) });
    expect(stop.sentTo?.get('code') ?? null).toBeNull();
  });

  it('abuse 40: cannot register an application', async () => {
    expect((await post(product, 'reg', {})).status).toBe(404);
  });

  it('abuse 45: with prompt=none shows no page and says login_required to who has no session', async () => {
    expect((await ask({ prompt: 'none' }, new Visitor(product))).sentTo?.get('error')).toBe('login_required');
  });

  it('abuse 45: with prompt=login asks for the password again', async () => {
    expect((await ask({ prompt: 'login' })).html).toContain('name="password"');
  });

  it('abuse 55: by another Host is refused', async () => {
    const answer = await fetch(`${product.issuer.replace('localhost', '127.0.0.1')}/.well-known/openid-configuration`);
    expect(await answer.json()).toMatchObject({ issuer: product.issuer });
  });
});
