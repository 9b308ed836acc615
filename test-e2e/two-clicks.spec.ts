// An impatient hand: the same form twice within a moment gets the first answer, once.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { launch, sit } from './browser.js';
import { parse } from './html.js';
import { beginRecovery, mailed, passwordForm } from './people.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { newClient, register, request, Visitor } from './relying-party.js';
import type { Client, Stop } from './relying-party.js';
import { mailedCode, mails, somebody } from './visits.js';

let product: Product;
let client: Client;
const NEW = 'nine loud herons near Gouda';

beforeAll(async () => {
  product = await startProduct();
  client = await newClient(product, { party: 'first', purposes: ['account'] });
}, 60_000);
afterAll(() => product.stop());

const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Two clicks, as a browser sends them: with the cookies of before the first answer. */
async function twice(visitor: Visitor, page: Stop, button: string, fill: Record<string, string>, gap: number): Promise<[Stop, Stop]> {
  const second = visitor.copy();
  const [one, two] = await Promise.all([visitor.press(page, button, fill), later(gap).then(() => second.press(page, button, fill))]);
  return [one, two];
}

const shown = (stop: Stop) => (stop.sentTo ? { code: stop.sentTo.get('code') } : { title: parse(stop.html).title, status: stop.status, path: stop.address.pathname });

describe.each([40, 90, 150])('a second click after %i ms', (gap) => {
  it('registers once: one mail, one account, signed in', async () => {
    const [visitor, account] = [new Visitor(product), somebody()];
    const signIn = await visitor.authorize(request(client).params);
    const form = await visitor.go(`${signIn.address.pathname}/register`);
    const typed = { email: account.email, password: account.password, first_name: account.firstName, last_name: account.lastName };
    const [one, two] = await twice(visitor, form, 'Create account', typed, gap);
    expect([shown(one), shown(two)]).toEqual(Array(2).fill(expect.objectContaining({ title: expect.stringContaining('Check your email'), status: 200 })));
    const code = await mailedCode(product, account.email);
    const done = await twice(visitor, one, 'Continue', { code }, gap);
    expect(done.map(shown)).toEqual(Array(2).fill({ code: expect.any(String) }));
    expect(new Set(done.map((stop) => stop.sentTo?.get('code'))).size).toBe(1);
    expect(await mails(product, account.email)).toHaveLength(1);
  }, 30_000);

  it('signs in once: one mail, one code', async () => {
    const { account } = await register(product, client);
    const visitor = new Visitor(product);
    const page = await visitor.authorize(request(client).params);
    const [one, two] = await twice(visitor, page, 'Sign in', { login: account.email, password: account.password }, gap);
    expect(shown(two)).toEqual(shown(one));
    const [mail] = await mailed(product, account.email, 2);
    const code = /^\s*(\d{6})\s*$/m.exec(mail!.text)![1]!;
    const resent = await twice(visitor, one, 'Mail a new code', {}, gap);
    expect(shown(resent[1])).toEqual(shown(resent[0]));
    const all = await mailed(product, account.email, 3);
    await later(500);
    expect((await mails(product, account.email)).length).toBe(3);
    expect(code).not.toBe('');
    const done = await twice(visitor, resent[0], 'Continue', { code: /^\s*(\d{6})\s*$/m.exec(all[0]!.text)![1]! }, gap);
    expect(done.map(shown)).toEqual(Array(2).fill({ code: expect.any(String) }));
    expect(new Set(done.map((stop) => stop.sentTo?.get('code'))).size).toBe(1);
  }, 30_000);

  it('recovers once, and changes a password and ends sessions once', async () => {
    const { visitor: owner, account } = await register(product, client);
    const visitor = new Visitor(product);
    const { page, code } = await beginRecovery(product, visitor, client, account.email);
    const form = await twice(visitor, page, 'Continue', { code }, gap);
    expect(shown(form[1])).toEqual(shown(form[0]));
    const set = await twice(visitor, form[0], 'Set password', { password: NEW }, gap);
    expect(set.map(({ html }) => parse(html).text)).toEqual(Array(2).fill(expect.stringContaining('Your new password is set')));
    const change = await passwordForm(product, owner, { email: account.email, password: NEW });
    const changed = await twice(owner, change, 'Change password', { password: `${NEW} two` }, gap);
    expect(changed.map(({ html }) => parse(html).text)).toEqual(Array(2).fill(expect.stringContaining('Your password is changed')));
    const ended = await twice(owner, changed[0], 'End all others', {}, gap);
    expect(ended.map(({ html }) => parse(html).text)).toEqual(Array(2).fill(expect.stringContaining('All other sessions have ended')));
    await later(500);
    const subjects = (await mails(product, account.email)).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject.includes('was changed'))).toHaveLength(1);
    expect(subjects.filter((subject) => subject.startsWith('A new password was set'))).toHaveLength(1);
  }, 30_000);

  it('allows once, and signs out once', async () => {
    const third = await newClient(product, { name: 'Quiz', purposes: ['account'] });
    const { visitor } = await register(product, client);
    const allow = await visitor.authorize(request(third).params);
    const done = await twice(visitor, allow, 'Allow', {}, gap);
    expect(new Set(done.map((stop) => stop.sentTo?.get('code'))).size).toBe(1);
    const out = await twice(visitor, await visitor.go('/account'), 'Sign out', {}, gap);
    expect(out.map(({ html }) => parse(html).title)).toEqual(Array(2).fill(expect.stringContaining('You are signed out')));
  }, 30_000);

  it('in a real browser signs in', async () => {
    const browser = await launch();
    if (!browser) return;
    try {
      const { account } = await register(product, client);
      const person = await sit(browser);
      await person.visit(`${product.origin}/account`);
      await person.fill('Email', account.email);
      await person.fill('Password', account.password);
      await person.page.getByRole('button', { name: 'Sign in' }).dblclick({ delay: gap / 2 }).catch(() => undefined);
      await person.page.getByLabel('Code').fill(/^\s*(\d{6})\s*$/m.exec((await mailed(product, account.email, 2))[0]!.text)![1]!);
      await person.page.getByRole('button', { name: 'Continue' }).dblclick({ delay: gap / 2 }).catch(() => undefined);
      await person.page.getByText('Where you are signed in').waitFor();
      expect((await mails(product, account.email)).length).toBe(2);
    } finally {
      await browser.close();
    }
  }, 60_000);
});

it('a click that comes later is one of its own', async () => {
  const { account } = await register(product, client);
  const visitor = new Visitor(product);
  const page = await visitor.authorize(request(client).params);
  const confirm = await visitor.press(page, 'Sign in', { login: account.email, password: account.password });
  await visitor.press(confirm, 'Mail a new code');
  await later(3_500);
  await visitor.press(confirm, 'Mail a new code');
  expect(await mailed(product, account.email, 4)).toHaveLength(4);
}, 30_000);

it('a page that is drawn anew is no second click, however soon it is used', async () => {
  const { account, visitor } = await register(product, client);
  await visitor.press(await visitor.go('/account'), 'End all others');
  const elsewhere = new Visitor(product);
  const page = await elsewhere.authorize(request(client).params);
  const confirm = await elsewhere.press(page, 'Sign in', { login: account.email, password: account.password });
  expect((await elsewhere.press(confirm, 'Continue', { code: await mailedCode(product, account.email, 2) })).sentTo?.get('code')).toBeTruthy();
  await visitor.press(await visitor.go('/account'), 'End all others');
  expect((await elsewhere.authorize(request(client, { prompt: 'none' }).params)).sentTo?.get('error')).toBe('login_required');
}, 30_000);
