import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { parse } from './html.js';
import { tokensOf } from './people.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { newClient, register, request, Visitor } from './relying-party.js';
import type { Client } from './relying-party.js';

let product: Product;
let client: Client;

beforeAll(async () => {
  product = await startProduct();
  client = await newClient(product);
}, 60_000);

afterAll(async () => {
  await product.stop();
});

/** A hint that somebody else signed for this client. */
async function foreignHint(issuer: string, expires = '5 min'): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  return new SignJWT({}).setProtectedHeader({ alg: 'RS256', kid: (await exportJWK(publicKey)).n!.slice(0, 8) }).setIssuer(issuer).setAudience(client.id).setSubject('somebody').setIssuedAt().setExpirationTime(expires).sign(privateKey);
}

const wrong: readonly [string, () => Promise<Record<string, string>>][] = [
  ['an address that was not registered', async () => ({ client_id: client.id, post_logout_redirect_uri: 'https://evil.tld/' })],
  ['a hint that we did not sign', async () => ({ id_token_hint: await foreignHint(product.issuer) })],
  ['a hint of another provider', async () => ({ id_token_hint: await foreignHint('https://elsewhere.example') })],
  ['a hint that is expired and not ours', async () => ({ id_token_hint: await foreignHint(product.issuer, '-1 h') })],
  ['a hint that is none', async () => ({ id_token_hint: 'x.y.z' })],
  ['an application that nobody knows', async () => ({ client_id: 'c_nobody' })],
];

it.each(wrong)('abuse 46: a sign-out that names %s is refused, leads nowhere, and offers to sign out here', async (_, params) => {
  const { visitor } = await register(product, client);
  const page = await visitor.go(`${product.issuer}/session/end?${new URLSearchParams(await params())}`);
  expect([page.status, page.address.origin, parse(page.html).title]).toEqual([400, product.origin, expect.stringContaining('You are still signed in')]);
  const form = parse(page.html).forms[0]!;
  expect([form.method, form.buttons.map(({ label }) => label)]).toEqual(['get', ['Sign out']]);
  const out = await visitor.press(await visitor.go(new URL(form.action, page.address)), 'Sign out');
  expect([out.status, out.address.pathname]).toEqual([200, '/oidc/session/end/success']);
  expect((await visitor.authorize(request(client, { prompt: 'none' }).params)).sentTo?.get('error')).toBe('login_required');
});

it('the question whether to sign out that is answered with a form of another page offers the way too', async () => {
  const { visitor } = await register(product, client);
  const page = await visitor.go(`${product.issuer}/session/end`);
  const refused = await visitor.press(page, 'Sign out', { xsrf: 'x'.repeat(48) });
  expect([refused.status, parse(refused.html).title]).toEqual([400, expect.stringContaining('You are still signed in')]);
});

it('where nobody is signed in nobody is told that they are', async () => {
  const page = await new Visitor(product).go(`${product.issuer}/session/end?client_id=c_nobody`);
  expect([page.status, parse(page.html).text.includes('still signed in')]).toEqual([400, false]);
});

it('a hint of ours for the one who is signed in still leads to the question', async () => {
  const { visitor } = await register(product, client);
  const { id_token: hint } = await tokensOf(product, visitor, client);
  const page = await visitor.go(`${product.issuer}/session/end?${new URLSearchParams({ id_token_hint: String(hint), post_logout_redirect_uri: 'https://shop.example/bye' })}`);
  expect([page.status, parse(page.html).title]).toEqual([200, expect.stringContaining('Sign out?')]);
});
