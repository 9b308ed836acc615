import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from './html.js';
import { beginRecovery, passwordAndCode, signIn, subjectOf, tokensOf } from './people.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { codeOf, exchange, newClient, refresh, register, request, Visitor } from './relying-party.js';
import type { Client, Stop } from './relying-party.js';
import { mailedCode, somebody } from './visits.js';

const OTHER = 'Not you? Sign in as somebody else';

let product: Product;
let client: Client;

beforeAll(async () => {
  product = await startProduct();
  client = await newClient(product);
}, 60_000);

afterAll(async () => {
  await product.stop();
});

const visitOf = (stop: Stop) => stop.address.pathname.split('/').slice(0, 3).join('/');
const refused = (stop: Stop) => ({ error: stop.sentTo?.get('error'), iss: stop.sentTo?.get('iss'), state: stop.sentTo?.get('state') });

/** A visit of somebody whom nobody knows, at the sign-in page. */
async function visit(): Promise<{ visitor: Visitor; page: Stop; state: string }> {
  const { params } = request(client);
  const visitor = new Visitor(product);
  return { visitor, page: await visitor.authorize(params), state: params['state']! };
}

async function atCodeOfRegistration(visitor: Visitor, page: Stop): Promise<Stop> {
  const account = somebody();
  return visitor.press(await visitor.go(`${visitOf(page)}/register`), 'Create account', { email: account.email, password: account.password, first_name: account.firstName, last_name: account.lastName });
}

describe('Cancel on every page of a visit tells the application that the person would rather not (OIDC Core 3.1.2.6)', () => {
  const pages: readonly [string, (visitor: Visitor, page: Stop) => Promise<Stop>][] = [
    ['the sign-in page', async (_, page) => page],
    ['the page to register', (visitor, page) => visitor.go(`${visitOf(page)}/register`)],
    ['the code of a registration', atCodeOfRegistration],
    ['the page for a forgotten password', (visitor, page) => visitor.go(`${visitOf(page)}/recover`)],
    ['the code of a recovery', async (visitor, page) => visitor.press(await visitor.go(`${visitOf(page)}/recover`), 'Continue', { email: somebody().email })],
  ];
  it.each(pages)('%s', async (_, at) => {
    const { visitor, page, state } = await visit();
    const shown = await at(visitor, page);
    expect(refused(await visitor.press(shown, 'Cancel'))).toEqual({ error: 'access_denied', iss: product.issuer, state });
    expect(shown.headers.get('content-security-policy')).toContain(`form-action 'self' https://shop.example`);
  });

  it('the code of a sign-in, and what was proven before it is forgotten', async () => {
    const { account } = await register(product, client);
    const { visitor, page, state } = await visit();
    const code = await visitor.press(page, 'Sign in', { login: account.email, password: account.password });
    expect(code.address.pathname).toMatch(/\/confirm$/);
    expect(refused(await visitor.press(code, 'Cancel'))).toEqual({ error: 'access_denied', iss: product.issuer, state });
    expect((await visitor.go(code.address)).status).toBe(410);
  });

  it('the new password of a recovery', async () => {
    const { account } = await register(product, client);
    const visitor = new Visitor(product);
    const { page, code } = await beginRecovery(product, visitor, client, account.email);
    const form = await visitor.press(page, 'Continue', { code });
    expect(refused(await visitor.press(form, 'Cancel'))).toMatchObject({ error: 'access_denied', iss: product.issuer });
  });

  it('the page that asks for purposes, and nothing is answered', async () => {
    const own = await newClient(product, { party: 'first' });
    const [visitor, account] = [new Visitor(product), somebody()];
    const at = await visitor.authorize(request(own, { prompt: 'create' }).params);
    const code = await visitor.press(at, 'Create account', { email: account.email, password: account.password, first_name: account.firstName, last_name: account.lastName });
    const asked = await visitor.press(code, 'Continue', { code: await mailedCode(product, account.email) });
    expect(asked.address.pathname).toMatch(/\/purposes$/);
    expect(refused(await visitor.press(asked, 'Cancel'))).toMatchObject({ error: 'access_denied', iss: product.issuer });
    expect((await visitor.authorize(request(own).params)).address.pathname).toMatch(/\/purposes$/);
  });

  it('where consent is remembered somebody can still refuse, and stays signed in as before', async () => {
    const { visitor } = await register(product, client);
    const { params } = request(client, { prompt: 'login' });
    expect(refused(await visitor.press(await visitor.authorize(params), 'Cancel'))).toEqual({ error: 'access_denied', iss: product.issuer, state: params['state'] });
    await codeOf(visitor, client);
  });

  it('our own pages lead back to a page of ours', async () => {
    const stranger = new Visitor(product);
    const away = await stranger.press(await stranger.go('/account'), 'Cancel');
    expect([away.status, away.address.pathname]).toEqual([200, '/account/signed-out']);
    const { visitor } = await register(product, client);
    // who was asked for the password again and would rather not is as signed in as before
    expect((await visitor.go('/account/callback?error=access_denied')).address.pathname).toBe('/account');
  });

  it('a form that is not of this browser leaves nothing, and says so', async () => {
    const { visitor, page } = await visit();
    const stale = await visitor.press(page, 'Cancel', { form_token: 'x' });
    expect([stale.status, parse(stale.html).text.includes('The form was out of date')]).toEqual([403, true]);
    expect(refused(await visitor.press(stale, 'Cancel'))).toMatchObject({ error: 'access_denied' });
  });
});

describe('a second person at the same browser', () => {
  /** Somebody signed in, and somebody else who has an account. */
  async function two() {
    const [{ visitor, account }, second] = [await register(product, client), await register(product, client)];
    return { visitor, account, second: second.account };
  }

  it.each([['the sign-in page that asks again', { prompt: 'login' }], ['the page that asks which account it shall be', { prompt: 'select_account' }], ['the page that asks what an application may do', { prompt: 'consent' }]])('%s names somebody: "Not you?" signs them out here and lets the other one sign in', async (_, over) => {
    const { visitor, account, second } = await two();
    const tokens = await tokensOf(product, visitor, client);
    const { params, verifier } = request(client, over as Record<string, string>);
    const named = await visitor.authorize(params);
    expect(named.html).toContain(account.email);
    const page = await visitor.press(named, OTHER);
    expect([page.html.includes(account.email), parse(page.html).forms[0]?.inputs.find(({ name }) => name === 'login')?.readonly]).toEqual([false, false]);
    const back = await passwordAndCode(product, visitor, page, second);
    const stop = back.sentTo ? back : await visitor.press(back, 'Allow');
    expect(stop.sentTo?.get('state')).toBe(params['state']);
    const answer = await exchange(product, client, stop.sentTo?.get('code'), verifier);
    expect(answer.status).toBe(200);
    expect(subjectOf(answer.body)).not.toBe(subjectOf(tokens));
    expect((await refresh(product, client, tokens['refresh_token'])).body['error']).toBe('invalid_grant');
  });

  it('"Not you?" on the page that asks for purposes', async () => {
    const [plain, own] = [await newClient(product, { purposes: ['account'] }), await newClient(product, { party: 'first' })];
    const [{ visitor, account }, { account: second }] = [await register(product, plain), await register(product, plain)];
    const named = await visitor.authorize(request(own).params);
    expect([named.address.pathname.endsWith('/purposes'), named.html.includes(account.email)]).toEqual([true, true]);
    const page = await visitor.press(named, OTHER);
    expect((await passwordAndCode(product, visitor, page, second)).html).toContain(second.email);
  });

  it('prompt=select_account goes on with the account that is chosen, without a password', async () => {
    const { visitor } = await two();
    const { params, verifier } = request(client, { prompt: 'select_account' });
    const stop = await visitor.press(await visitor.authorize(params), 'Go on with this account');
    expect((await exchange(product, client, stop.sentTo?.get('code'), verifier)).status).toBe(200);
  });

  it('prompt=select_account where nobody is signed in is the sign-in page, and asks nothing more', async () => {
    const { account } = await register(product, client);
    const stop = await signIn(product, new Visitor(product), client, account, { prompt: 'select_account' });
    expect(stop.sentTo?.get('code')).toEqual(expect.any(String));
  });

  it('prompt=select_account can be cancelled', async () => {
    const { visitor } = await two();
    const stop = await visitor.press(await visitor.authorize(request(client, { prompt: 'select_account' }).params), 'Cancel');
    expect(refused(stop)).toMatchObject({ error: 'access_denied', iss: product.issuer });
  });

  it('a page that names nobody does not ask whether it is somebody', async () => {
    const { page } = await visit();
    expect(page.html).not.toContain('Not you?');
  });

  it('"Not you?" at the account pages\' own sign-in ends there, as the other person', async () => {
    const { visitor, second } = await two();
    await visitor.go('/account');
    const params = { ...request(client).params, max_age: '0' };
    const page = await visitor.press(await visitor.authorize(params), OTHER);
    await passwordAndCode(product, visitor, page, second);
    expect((await visitor.go('/account')).html).toContain(second.email);
  });
});
