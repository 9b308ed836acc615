import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { listener } from './raw-http.js';
import { newClient, register, request, Visitor, withUnsignedAssertion } from './relying-party.js';
import type { Client, Stop } from './relying-party.js';

let product: Product;
let client: Client;
let victim: { account: { email: string; password: string }; visitor: Visitor };

beforeAll(async () => {
  product = await startProduct({ environment: { SYMBOLON_APPLICATION_NETWORKS: '127.0.0.0/8' } });
  client = await newClient(product, { party: 'first' });
  victim = await register(product, client);
}, 60_000);

afterAll(async () => product.stop());

/** The victim's browser, known from before and not signed in. */
function browser(): Visitor {
  for (const name of ['symbolon_session', 'symbolon_session.sig']) victim.visitor.cookies.delete(`${name} /`);
  return victim.visitor;
}

/** A visit that a thief began, up to its first page. */
async function begun(): Promise<{ thief: Visitor; page: Stop }> {
  const thief = new Visitor(product);
  return { thief, page: await thief.authorize(request(client).params) };
}

/** Those of a browser's cookies that name its visit, planted into another browser, as a host next door can. */
function plant(from: Visitor, into: Visitor): void {
  for (const [key, value] of from.cookies) if (/^symbolon_(interaction|resume)/.test(key)) into.cookies.set(key, value);
}

const signIn = (visitor: Visitor, page: Stop) => visitor.press(page, 'Sign in', { login: victim.account.email, password: victim.account.password });

describe('a visit that somebody else began', () => {
  it('abuse 44: shows no page in a browser that its cookies were planted into', async () => {
    const { thief, page } = await begun();
    for (const visitor of [browser(), new Visitor(product)]) {
      plant(thief, visitor);
      for (const path of ['', '/register', '/recover', '/confirm', '/allow', '/purposes']) expect([path, (await visitor.go(`${page.address.pathname}${path}`)).status]).toEqual([path, 410]);
    }
    expect((await thief.go(page.address)).status).toBe(200);
  });

  it('abuse 44: takes nothing of a sign-in that was typed there, and does not go on with it', async () => {
    const { thief, page } = await begun();
    const visitor = browser();
    await visitor.authorize(request(client).params); // a visit of her own, so that the browser has a form token
    plant(thief, visitor);
    const own = await visitor.authorize(request(client).params);
    const stop = await visitor.press(own, 'Sign in', { login: victim.account.email, password: victim.account.password });
    expect(stop.sentTo?.get('code')).toBeTruthy(); // her own visit goes on as ever
    const planted = await visitor.go(page.address, { login: victim.account.email, password: victim.account.password, form_token: 'x' });
    expect([planted.status, planted.sentTo]).toEqual([410, undefined]);
    const uid = page.address.pathname.split('/')[2]!;
    expect((await visitor.go(`${product.issuer}/auth/${uid}`)).sentTo).toBeUndefined();
    expect((await thief.go(page.address)).html).toContain('name="password"'); // it is where it was
    expect((await thief.go(`${product.issuer}/auth/${uid}`)).sentTo).toBeUndefined();
  });

  it('abuse 44: is not gone on with by whoever holds its cookies alone, nor is its answer given again', async () => {
    const visitor = browser();
    const page = await visitor.authorize(request(client).params);
    const uid = page.address.pathname.split('/')[2]!;
    const thief = new Visitor(product);
    plant(visitor, thief);
    visitor.stopAt = /^\/oidc\/auth\//;
    await signIn(visitor, page);
    expect((await thief.go(`${product.issuer}/auth/${uid}`)).sentTo).toBeUndefined();
    visitor.stopAt = undefined;
    const answered = await visitor.go(`${product.issuer}/auth/${uid}`);
    expect(answered.sentTo?.get('code')).toBeTruthy();
    plant(visitor, thief);
    expect((await thief.go(`${product.issuer}/auth/${uid}`)).sentTo).toBeUndefined();
    expect((await visitor.go(`${product.issuer}/auth/${uid}`)).sentTo?.get('code')).toBe(answered.sentTo?.get('code'));
  });
});

it('visits that a new browser begins at the same moment both go on, though each gave it a name', async () => {
  const visitor = new Visitor(product);
  const [one, other] = await Promise.all([visitor.authorize(request(client).params), visitor.authorize(request(client).params)]);
  const asked = await visitor.go(one.address);
  expect([asked.status, one.address.pathname === other.address.pathname]).toEqual([200, false]);
  for (const page of [asked, await visitor.go(other.address)]) expect((await visitor.press(page, 'Sign in', { login: 'nobody@example.com', password: 'four quiet geese' })).status).toBe(401);
});

it('keys are fetched in a network that the operator allowed', async () => {
  const here = await listener('127.0.0.1');
  const { id } = await newClient(product, { authenticationMethod: 'private_key_jwt', jwksUri: `https://127.0.0.1:${here.port}/jwks` });
  const answer = await withUnsignedAssertion(product, id);
  here.close();
  expect([answer.body['error'], here.visits() > 0]).toEqual([expect.stringMatching(/^invalid_client/), true]);
});

describe('caught mails', () => {
  it.each(['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: localhost', 'Forwarded: for=127.0.0.1', 'Via: 1.1 proxy', 'X-Real-IP: 127.0.0.1'])('abuse 55: are not shown to a peer that forwards: %s', async (line) => {
    const [name, value] = line.split(': ') as [string, string];
    for (const path of ['mail', 'mail.json', 'mail/abc']) expect((await fetch(`${product.origin}/${path}`, { headers: { [name]: value } })).status).toBe(404);
    expect((await fetch(`${product.origin}/mail`)).status).toBe(200);
  });
});
