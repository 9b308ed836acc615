import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { CALLBACK, codeOf, exchange, newClient, register, request, Visitor } from './relying-party.js';
import type { Client, Stop } from './relying-party.js';
import type { Account } from './visits.js';

const SESSION = 'symbolon_session /';
let product: Product;
let client: Client;
let visitor: Visitor;
let account: Account;

beforeAll(async () => {
  product = await startProduct();
  client = await newClient(product, { party: 'first' });
}, 60_000);

beforeEach(async () => {
  ({ visitor, account } = await register(product, client));
}, 30_000);

afterAll(async () => {
  await product?.stop();
});

const ask = (over: Record<string, string>) => visitor.authorize(request(client, over).params);
const asksForPassword = ({ html }: Stop) => html.includes('name="password"');
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('a password that is asked for again', () => {
  it('abuse 45: is asked for once max_age is over, and never in silence', async () => {
    await pause(2_100);
    expect((await ask({ max_age: '1', prompt: 'none' })).sentTo?.get('error')).toBe('login_required');
    expect(asksForPassword(await ask({ max_age: '1' }))).toBe(true);
    expect((await ask({ max_age: '600', prompt: 'none' })).sentTo?.has('code')).toBe(true);
  });

  it('abuse 45: makes auth_time new, and abuse 42: gives the session another id', async () => {
    const first = await codeOf(visitor, client, { scope: 'openid' });
    const before = decodeJwt(String((await exchange(product, client, first.code, first.verifier)).body['id_token']));
    const cookie = visitor.cookies.get(SESSION)!;
    await pause(1_100);
    const { params, verifier } = request(client, { prompt: 'login', scope: 'openid' });
    const stop = await visitor.press(await visitor.authorize(params), 'Sign in', { login: account.email, password: account.password });
    const after = decodeJwt(String((await exchange(product, client, stop.sentTo?.get('code'), verifier)).body['id_token']));
    expect(Number(after['auth_time'])).toBeGreaterThan(Number(before['auth_time']));
    expect(visitor.cookies.get(SESSION)!.value).not.toBe(cookie.value);
    const old = new Visitor(product);
    old.cookies.set(SESSION, cookie);
    expect((await old.authorize(request(client, { prompt: 'none' }).params)).sentTo?.get('error')).toBe('login_required');
  });

  it('abuse 45: and is not given, leaves nothing behind (CVE-2023-6787)', async () => {
    await pause(2_100);
    const page = await ask({ prompt: 'login' });
    expect((await visitor.go(`${page.address.pathname}/allow`)).sentTo).toBeUndefined();
    expect((await visitor.go(`${product.issuer}/auth/${page.address.pathname.split('/').pop()}`)).sentTo?.get('code') ?? undefined).toBeUndefined();
    expect(asksForPassword(await ask({ max_age: '1' }))).toBe(true);
    expect((await ask({ prompt: 'none' })).sentTo?.has('code')).toBe(true);
  });

  it('abuse 45: and is wrong, gives nothing', async () => {
    const stop = await visitor.press(await ask({ prompt: 'login' }), 'Sign in', { login: account.email, password: 'five quiet geese over Delft' });
    expect(stop.sentTo).toBeUndefined();
    expect(asksForPassword(stop)).toBe(true);
  });
});

describe('a form', () => {
  it.each([['https://evil.tld'], ['null']])('abuse 41: that comes from %s changes nothing, even with everything else right', async (origin) => {
    const page = await ask({ prompt: 'login' });
    const fill = { login: account.email, password: account.password };
    expect((await visitor.press(page, 'Sign in', fill, origin)).status).toBe(403);
    expect((await visitor.press(page, 'Sign in', fill)).sentTo?.has('code')).toBe(true);
  });
});

describe('signing out', () => {
  it('abuse 46: by a link with a hint shows the question first, and then leads where the application said', async () => {
    const { code, verifier } = await codeOf(visitor, client, { scope: 'openid' });
    const { body } = await exchange(product, client, code, verifier);
    const page = await visitor.go(`${product.issuer}/session/end?${new URLSearchParams({ id_token_hint: String(body['id_token']), post_logout_redirect_uri: 'https://shop.example/bye', state: 's' })}`);
    expect(page.status).toBe(200);
    expect((await ask({ prompt: 'none' })).sentTo?.has('code')).toBe(true);
    const stop = await visitor.press(page, 'Sign out');
    expect(stop.address.href).toBe('https://shop.example/bye?state=s');
    expect((await ask({ prompt: 'none' })).sentTo?.get('error')).toBe('login_required');
  });

  it('abuse 28: takes no unsigned token for a hint', async () => {
    const page = await visitor.go(`${product.issuer}/session/end?id_token_hint=${'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'}&post_logout_redirect_uri=${encodeURIComponent('https://shop.example/bye')}`);
    expect([page.status, page.address.origin]).toEqual([400, product.origin]);
  });
});

describe('what is secret', () => {
  it('abuse 50: lies in no cache: tokens, UserInfo, and the way back to the application', async () => {
    const { params, verifier } = request(client);
    const cookie = [...visitor.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ');
    const back = await fetch(`${product.issuer}/auth?${new URLSearchParams(params)}`, { redirect: 'manual', headers: { cookie } });
    const tokens = await fetch(`${product.issuer}/token`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}` }, body: new URLSearchParams({ grant_type: 'authorization_code', code: new URL(back.headers.get('location')!).searchParams.get('code')!, redirect_uri: CALLBACK, code_verifier: verifier }) });
    const { access_token: token } = (await tokens.json()) as { access_token: string };
    const person = await fetch(`${product.issuer}/me`, { headers: { authorization: `Bearer ${token}` } });
    expect([back, tokens, person].map(({ status, headers }) => [status, headers.get('cache-control')])).toEqual([[303, 'no-store'], [200, 'no-store'], [200, 'no-store']]);
  });

  it('abuse 48: is a cookie that no script reads and no other site sends', async () => {
    const answer = await fetch(`${product.issuer}/auth?${new URLSearchParams(request(client).params)}`, { redirect: 'manual' });
    const cookies = answer.headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/httponly/i);
    for (const cookie of cookies) expect(cookie).toMatch(/samesite=(lax|strict)/i);
  });
});
