import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { hasBrowser, launch, sit } from './browser.js';
import { parse } from './html.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { CALLBACK, newClient, register, request } from './relying-party.js';
import type { Client, Visitor } from './relying-party.js';
import { registerAt, somebody } from './visits.js';

let browser: Browser | undefined;
let product: Product;
let client: Client;
let visitor: Visitor;

beforeAll(async () => {
  [browser, product] = await Promise.all([launch(), startProduct()]);
  client = await newClient(product);
  ({ visitor } = await register(product, client));
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await product.stop();
});

/** A form that another site sends the browser with: no cookie travels. */
const posted = (path: string, fields: Record<string, string>) => fetch(`${product.issuer}/${path}`, { method: 'POST', redirect: 'manual', headers: { origin: 'https://shop.example', 'sec-fetch-site': 'cross-site' }, body: new URLSearchParams(fields) });

it('an authorization request may be posted: 303 to the same address with the fields as query, so that Lax cookies travel (OIDC Core 3.1.2.1)', async () => {
  const { params } = request(client, { state: 'a&b=c ü' });
  const answer = await posted('auth', params);
  const to = new URL(answer.headers.get('location') ?? '', product.origin);
  expect([answer.status, to.pathname, Object.fromEntries(to.searchParams)]).toEqual([303, '/oidc/auth', params]);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const stop = await visitor.go(to);
  expect([stop.sentTo?.get('state'), stop.sentTo?.get('code')]).toEqual([params['state'], expect.any(String)]);
});

if (hasBrowser) {
  it('a browser that another site sends with a form is still signed in: its Lax cookie travels', async () => {
    let form = '';
    const site = createServer((_, response) => void response.setHeader('content-type', 'text/html').end(form)); // 127.0.0.1 is another site than localhost
    const port = await new Promise<number>((done) => site.listen(0, '127.0.0.1', () => done((site.address() as AddressInfo).port)));
    const redirect_uri = `http://127.0.0.1:${port}/callback`;
    const [person, own] = [await sit(browser!), await newClient(product, { party: 'first', purposes: ['account'], redirectUris: [redirect_uri] })];
    await registerAt(product, person, somebody());
    const fields = Object.entries(request(own, { prompt: 'none', redirect_uri }).params).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
    form = `<form method="post" action="${product.issuer}/auth">${fields.join('')}<button>Go</button></form>`;
    await person.page.goto(`http://127.0.0.1:${port}/begin`);
    await Promise.all([person.page.waitForURL(/\/callback/), person.page.click('button')]);
    expect([...new URL(person.page.url()).searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
    await person.close();
    site.closeAllConnections();
    site.close();
  }, 60_000);
}

it('fields that stand in the address and in the form are two of a name, and refused as such', async () => {
  const { params } = request(client, {});
  const answer = await posted('auth?state=other', params);
  const stop = await visitor.go(new URL(answer.headers.get('location') ?? '', product.origin));
  expect(stop.sentTo?.get('error') ?? stop.status).toBe('invalid_request');
});

it('a sign-out may be posted (RP-Initiated Logout 2)', async () => {
  const answer = await posted('session/end', { client_id: client.id, post_logout_redirect_uri: 'https://shop.example/bye', state: 's1' });
  const to = new URL(answer.headers.get('location') ?? '', product.origin);
  expect([answer.status, to.pathname, to.searchParams.get('state')]).toEqual([303, '/oidc/session/end', 's1']);
  const asked = await visitor.copy().go(to);
  expect(parse(asked.html).title).toContain('Sign out?');
});

it('a sign-out without a field may be posted too', async () => {
  const answer = await fetch(`${product.issuer}/session/end`, { method: 'POST', redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/oidc/session/end']);
});

it('fields of more than 8 KiB are refused in words, not cut', async () => {
  const { params } = request(client, { redirect_uri: CALLBACK, state: 'x'.repeat(4_100), nonce: 'y'.repeat(4_100) });
  const answer = await posted('auth', params);
  expect([answer.status, answer.headers.get('location')]).toEqual([413, null]);
  expect(parse(await answer.text()).text).toContain('8,192 bytes');
});

it('what else may be posted to the provider is not touched', async () => {
  const answer = await posted('token', { grant_type: 'authorization_code', client_id: client.id });
  expect(answer.status).toBe(401);
});
