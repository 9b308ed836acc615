import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from './html.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { newClient, register, request, Visitor } from './relying-party.js';
import type { Client, Stop } from './relying-party.js';
import { mailedCode, newestMail, somebody } from './visits.js';

let product: Product;
let client: Client;
let known: { visitor: Visitor; account: { email: string; password: string } };

beforeAll(async () => {
  product = await startProduct();
  client = await newClient(product, { party: 'first' });
  known = await register(product, client);
}, 60_000);

afterAll(async () => {
  await product?.stop();
});

/** The browser that was here before: its device is known (by a new cookie after every sign-in), its session is over. */
function cameBack(): Visitor {
  const { visitor } = known;
  visitor.cookies.delete('symbolon_session /');
  visitor.cookies.delete('symbolon_session.sig /');
  return visitor;
}

const begin = (visitor: Visitor) => visitor.authorize(request(client).params);
const signIn = (visitor: Visitor, page: Stop, password = known.account.password) => visitor.press(page, 'Sign in', { login: known.account.email, password });

describe('two tabs', () => {
  it('that sign in one after the other both get their answer (UX-3)', async () => {
    const visitor = cameBack();
    const [one, other] = [await begin(visitor), await begin(visitor)];
    expect(one.address.pathname).not.toBe(other.address.pathname);
    expect((await signIn(visitor, one)).sentTo?.get('code')).toBeTruthy();
    expect((await signIn(visitor, other)).sentTo?.get('code')).toBeTruthy();
  });

  it('the back button after a sign-in leads to a page that says how to go on, never to a fault', async () => {
    const visitor = cameBack();
    const page = await begin(visitor);
    await signIn(visitor, page);
    const again = await visitor.go(page.address);
    expect([again.status, parse(again.html).title]).toEqual([410, expect.stringContaining('out of date')]);
  });

  it('sending the form twice at the same moment signs in once, without a fault', async () => {
    const visitor = cameBack();
    const page = await begin(visitor);
    const answers = await Promise.all([signIn(visitor.copy(), page), signIn(visitor.copy(), page)]);
    expect(answers.some(({ sentTo }) => sentTo?.get('code'))).toBe(true);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  });
});

describe('a forgotten password (AUT-14)', () => {
  it('is replaced after the mailed code, and everything that was open before is closed', async () => {
    const other = await register(product, client);
    const visitor = new Visitor(product);
    const page = await begin(visitor);
    const form = await visitor.go(`${page.address.pathname}/recover`);
    const code = await visitor.press(form, 'Continue', { email: other.account.email });
    const fresh = await visitor.press(code, 'Continue', { code: await mailedCode(product, other.account.email, 2) });
    const weak = await visitor.press(fresh, 'Set password', { password: 'short' });
    expect(parse(weak.html).text).toContain('Use at least 15 characters');
    const done = await visitor.press(weak, 'Set password', { password: 'seven brave herons at dusk' });
    expect(parse(done.html).text).toContain('Your new password is set');
    expect((await other.visitor.authorize(request(client, { prompt: 'none' }).params)).sentTo?.get('error')).toBe('login_required');
    expect(parse((await signInAs(visitor, done, other.account.email, other.account.password)).html).text).toContain('do not belong together');
    const confirm = await signInAs(visitor, done, other.account.email, 'seven brave herons at dusk');
    expect(confirm.sentTo?.get('code') ?? parse(confirm.html).title).toBeTruthy();
  }, 60_000);

  it('abuse 57: the mailed link consumes nothing when it is opened, however often', async () => {
    const other = await register(product, client);
    const visitor = new Visitor(product);
    const page = await begin(visitor);
    await visitor.press(await visitor.go(`${page.address.pathname}/recover`), 'Continue', { email: other.account.email });
    const link = /https?:\/\/\S+\/recover\/\S+/.exec((await newestMail(product, other.account.email, 2)).text)?.[0] ?? '';
    const scanner = new Visitor(product);
    for (let times = 0; times < 3; times += 1) expect((await scanner.go(link)).status).toBe(200);
    const done = await scanner.press(await scanner.go(link), 'Set password', { password: 'seven brave herons at dusk' });
    expect(parse(done.html).text).toContain('Your new password is set');
    expect(parse((await scanner.go(link)).html).text).toMatch(/no longer good|out of date/);
  }, 60_000);
});

const signInAs = (visitor: Visitor, page: Stop, login: string, password: string) => visitor.press(page, 'Sign in', { login, password });

describe('whether somebody has an address', () => {
  /** What an answer shows to who asks: status, words, cookies, headers; without what differs between any two visits. */
  const seen = (stop: Stop, email: string) => ({
    status: stop.status,
    path: stop.address.pathname.replace(/^\/i\/[\w-]+/, '/i/uid'),
    html: stop.html.replaceAll(email, 'EMAIL').replaceAll(stop.address.pathname.split('/')[2] ?? '-', 'UID').replaceAll(/name="form_token" value="[^"]*"/g, ''),
    headers: [...stop.headers.keys()].filter((name) => name !== 'date').sort(),
  });

  it.each(['register', 'recover', 'sign-in'])('abuse 52: cannot be told at %s', async (where) => {
    const [stranger, other] = [somebody().email, (await register(product, client)).account.email];
    const ask = async (email: string) => {
      const visitor = new Visitor(product);
      const page = await begin(visitor);
      if (where === 'sign-in') return seen(await visitor.press(page, 'Sign in', { login: email, password: 'not the password of anybody' }), email);
      const form = await visitor.go(`${page.address.pathname}/${where}`);
      const fields: Record<string, string> = where === 'register' ? { email, password: 'four quiet geese over Delft', first_name: 'Ada', last_name: 'Lovelace' } : { email };
      return seen(await visitor.press(form, where === 'register' ? 'Create account' : 'Continue', fields), email);
    };
    expect(await ask(other)).toEqual(await ask(stranger));
  }, 30_000);
});
