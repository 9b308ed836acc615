import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from './html.js';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { atOnce, CALLBACK, codeOf, exchange, newClient, refresh, register, request, Visitor } from './relying-party.js';
import type { Client } from './relying-party.js';

let product: Product;
let client: Client;

beforeAll(async () => {
  product = await startProduct();
  client = await newClient(product, { party: 'first' });
}, 60_000);

afterAll(async () => {
  await product?.stop();
});

const newcomer = async () => (await register(product, client)).visitor;
const errorOf = async (visitor: Visitor, over: Record<string, string>) => (await visitor.authorize(request(client, over).params)).sentTo?.get('error') ?? undefined;
/** Another browser of the same person: the second device from which all other sessions are ended. */
const endOthers = async (visitor: Visitor) => visitor.press(await visitor.go('/account'), 'End all others');

async function signInElsewhere({ account }: { account: { email: string; password: string } }): Promise<Visitor> {
  const other = new Visitor(product);
  const page = await other.authorize(request(client).params);
  const confirm = await other.press(page, 'Sign in', { login: account.email, password: account.password });
  const { mailedCode } = await import('./visits.js');
  const stop = await other.press(confirm, 'Continue', { code: await mailedCode(product, account.email, 2) });
  expect(stop.sentTo?.get('code')).toBeTruthy();
  return other;
}

describe('a session', () => {
  it('that was ended does not come back from two hundred requests in flight', async () => {
    const first = await register(product, client);
    const second = await signInElsewhere(first);
    const flights = atOnce(200, () => first.visitor.copy().authorize(request(client).params));
    await endOthers(second);
    await flights;
    expect(await errorOf(first.visitor, { prompt: 'none' })).toBe('login_required');
    expect(await errorOf(second, { prompt: 'none' })).toBeUndefined();
  }, 60_000);

  it('serves two applications that ask at the same moment (SSO-1)', async () => {
    const [visitor, other] = [await newcomer(), await newClient(product, { party: 'first' })];
    const answers = await atOnce(10, async (index) => {
      const one = index % 2 === 0 ? client : other;
      const { code, verifier } = await codeOf(visitor.copy(), one);
      return exchange(product, one, code, verifier);
    });
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  }, 60_000);

  it('abuse 42: has a new id after a sign-in, and the old one is worth nothing', async () => {
    const visitor = new Visitor(product);
    const signIn = await visitor.authorize(request(client).params);
    const before = visitor.cookies.get('symbolon_session /')?.value;
    expect(signIn.status).toBe(200);
    const { visitor: signed } = await register(product, client);
    const planted = new Visitor(product);
    if (before !== undefined) planted.cookies.set('symbolon_session /', { value: before, path: '/' });
    expect(await errorOf(planted, { prompt: 'none' })).toBe('login_required');
    expect(await errorOf(signed, { prompt: 'none' })).toBeUndefined();
  }, 60_000);

  it('abuse 48: whose cookie was edited is nobody’s', async () => {
    const visitor = await newcomer();
    const { value, path } = visitor.cookies.get('symbolon_session /')!;
    visitor.cookies.set('symbolon_session /', { value: `${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}`, path });
    expect(await errorOf(visitor, { prompt: 'none' })).toBe('login_required');
  }, 60_000);

  it('abuse 46: is not ended by a link without a question', async () => {
    const visitor = await newcomer();
    const page = await visitor.go(`${product.issuer}/session/end?client_id=${client.id}`);
    expect(parse(page.html).text).toContain('Sign out?');
    expect(await errorOf(visitor, { prompt: 'none' })).toBeUndefined();
  }, 60_000);

  it('abuse 46: leads after signing out only to an address that was registered', async () => {
    const visitor = await newcomer();
    const page = await visitor.go(`${product.issuer}/session/end?client_id=${client.id}&post_logout_redirect_uri=${encodeURIComponent('https://evil.tld/')}`);
    expect([page.address.origin, page.status]).toEqual([product.origin, 400]);
  }, 60_000);

  it('is ended by its owner, with the refresh tokens that hang on it (SSO-1)', async () => {
    const visitor = await newcomer();
    const { code, verifier } = await codeOf(visitor, client);
    const { body } = await exchange(product, client, code, verifier);
    await visitor.press(await visitor.go('/account'), 'Sign out');
    expect(await errorOf(visitor, { prompt: 'none' })).toBe('login_required');
    expect((await refresh(product, client, body['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
  }, 60_000);
});

describe('an interaction', () => {
  it('abuse 44: is nothing in another browser', async () => {
    const page = await new Visitor(product).authorize(request(client).params);
    const elsewhere = await new Visitor(product).go(page.address);
    expect([elsewhere.status, parse(elsewhere.html).title]).toEqual([410, expect.stringContaining('out of date')]);
  });

  it('abuse 41: takes no form from another origin, nor one without the token of this browser', async () => {
    const visitor = new Visitor(product);
    const page = await visitor.authorize(request(client).params);
    const forged = await visitor.go(page.address, { login: 'a@b.example', password: 'four quiet geese over Delft', form_token: 'x'.repeat(43) });
    expect(forged.status).toBe(403);
  });

  it('abuse 75: has its steps in order: no Allow page and no code page before the password', async () => {
    const visitor = new Visitor(product);
    const page = await visitor.authorize(request(client).params);
    for (const step of ['confirm', 'allow']) expect((await visitor.go(`${page.address.pathname}/${step}`)).address.pathname).toBe(page.address.pathname);
  });
});

describe('every page', () => {
  it.each([['/account'], ['/mail'], ['/account/signed-out'], ['/i/nothing']])('abuse 43, 50: %s is in no frame, in no cache, and brings nothing from elsewhere', async (path) => {
    const { headers } = await new Visitor(product).go(path);
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('abuse 21: keeps its address from others', async () => {
    const { headers } = await new Visitor(product).authorize(request(client).params);
    expect(['no-referrer', 'same-origin']).toContain(headers.get('referrer-policy'));
  });

  it('abuse 51: shows a name as text, whatever it holds', async () => {
    const token = await machineToken(product, 'clients:write');
    const answer = await fetch(`${product.origin}/api/authentication/v1/clients`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ name: '<script>alert(1)</script>', redirectUris: [CALLBACK] }) });
    expect(answer.status).toBe(400);
    const quoted = await newClient(product, { name: '"Shop" & \'Sons\'' });
    const page = await new Visitor(product).authorize(request(quoted).params);
    expect(page.html).toContain('&amp;');
    expect(page.html).not.toContain('"Shop"');
  });
});
