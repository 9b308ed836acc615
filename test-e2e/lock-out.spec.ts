import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from './html.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { newClient, register, request, Visitor } from './relying-party.js';
import type { Client, Stop } from './relying-party.js';
import { mailedCode, mails, newestMail, somebody } from './visits.js';
import type { Account } from './visits.js';

let product: Product;
let client: Client;

beforeAll(async () => {
  product = await startProduct({ environment: { SYMBOLON_TRUSTED_PROXIES: '127.0.0.1,::1' } });
  client = await newClient(product);
}, 120_000);
afterAll(() => product?.stop());

const [STRANGER, OWNER] = ['198.51.100.7', '203.0.113.5'];
const start = (who: Visitor) => who.authorize(request(client).params);
const askForPassword = async (who: Visitor, email: string) => who.press(await who.go(`${(await start(who)).address.pathname}/recover`), 'Continue', { email });
const askForAccount = async (who: Visitor, { email, password }: Pick<Account, 'email' | 'password'>) =>
  who.press(await who.go(`${(await start(who)).address.pathname}/register`), 'Create account', { email, password, first_name: 'Ada', last_name: 'Lovelace' });
const signIn = async (who: Visitor, { email, password }: Pick<Account, 'email' | 'password'>) => who.press(await start(who), 'Sign in', { login: email, password });
const somebodyKnown = async () => (await register(product, client)).account;
const allowed = ({ html, sentTo }: Stop) => html.includes('>Allow<') || sentTo?.has('code') === true;
const wrong = 'not the password of anybody';

/** What a stranger does to somebody's address, each in a browser of its own, from one network. */
async function annoy(email: string): Promise<void> {
  for (let index = 0; index < 4; index += 1) await askForPassword(new Visitor(product, STRANGER), email);
  for (let index = 0; index < 4; index += 1) await askForAccount(new Visitor(product, STRANGER), { email, password: 'three loud ducks under Gouda' });
  await newestMail(product, email, 7); // her own registration, and three of each
}

describe('somebody whose address a stranger uses', () => {
  it('abuse 54: signs in in a new browser with password and mailed code', async () => {
    const account = await somebodyKnown();
    await annoy(account.email);
    const browser = new Visitor(product, OWNER);
    const confirm = await signIn(browser, account);
    expect(allowed(await browser.press(confirm, 'Continue', { code: await mailedCode(product, account.email, 8) }))).toBe(true);
  }, 60_000);

  it('abuse 54: recovers in a new browser, also while the stranger guesses', async () => {
    const account = await somebodyKnown();
    await annoy(account.email);
    for (let index = 0; index < 11; index += 1) await signIn(new Visitor(product, STRANGER), { ...account, password: wrong });
    const browser = new Visitor(product, OWNER);
    const code = await askForPassword(browser, account.email);
    const page = await browser.press(code, 'Continue', { code: await mailedCode(product, account.email, 8) });
    const done = await browser.press(page, 'Set password', { password: 'five slow swans near Leiden' });
    expect(parse(done.html).text).toContain('Your new password is set');
  }, 60_000);

  it('abuse 54: recovers by a link that a stranger had mailed, when nothing more is mailed', async () => {
    const account = await somebodyKnown();
    for (let index = 0; index < 12; index += 1) await askForPassword(new Visitor(product, `198.51.${index}.1`), account.email);
    const browser = new Visitor(product, OWNER);
    expect(parse((await askForPassword(browser, account.email)).html).text).toContain('in any browser');
    const link = /http\S+\/recover\/\S+/.exec((await newestMail(product, account.email, 7)).text)![0];
    expect((await mails(product, account.email)).filter(({ text }) => text.includes('/recover/'))).toHaveLength(6);
    const done = await browser.press(await browser.go(link), 'Set password', { password: 'five slow swans near Leiden' });
    expect(parse(done.html).text).toContain('Your new password is set');
  }, 60_000);

  it('abuse 54: registers, though the stranger did so with the same address', async () => {
    const account = somebody();
    for (let index = 0; index < 4; index += 1) await askForAccount(new Visitor(product, STRANGER), { ...account, password: 'three loud ducks under Gouda' });
    const browser = new Visitor(product, OWNER);
    const code = await askForAccount(browser, account);
    expect(allowed(await browser.press(code, 'Continue', { code: await mailedCode(product, account.email, 4) }))).toBe(true);
  }, 60_000);

  it('abuse 54: does all that where no proxy tells networks apart', async () => {
    const account = await somebodyKnown();
    for (let index = 0; index < 3; index += 1) await askForPassword(new Visitor(product), account.email);
    for (let index = 0; index < 3; index += 1) await askForAccount(new Visitor(product), account);
    const browser = new Visitor(product);
    await askForPassword(browser, account.email);
    await newestMail(product, account.email, 8);
    const confirm = await signIn(browser, account);
    expect(allowed(await browser.press(confirm, 'Continue', { code: await mailedCode(product, account.email, 9) }))).toBe(true);
  }, 60_000);
});

describe('a stranger who counts answers', () => {
  /** Status and whole minutes to wait, one after the other; the owner does something after the second. */
  async function answers(ask: (index: number) => Promise<Stop>, times: number, meanwhile?: () => Promise<unknown>) {
    const seen: string[] = [];
    for (let index = 0; index < times; index += 1) {
      if (index === 2) await meanwhile?.();
      const { status, headers } = await ask(index);
      seen.push(`${status} ${Math.ceil(Number(headers.get('retry-after') ?? 0) / 60)}`);
    }
    return seen;
  }
  /** What the owner does meanwhile; `before`: mails that she has by then. */
  const busyOwner = async (account: Account, before: number) => {
    await askForPassword(new Visitor(product, OWNER), account.email);
    await askForAccount(new Visitor(product, OWNER), account);
    await newestMail(product, account.email, before + 2);
    const browser = new Visitor(product, OWNER);
    const confirm = await signIn(browser, account);
    expect(allowed(await browser.press(confirm, 'Continue', { code: await mailedCode(product, account.email, before + 3) }))).toBe(true);
  };
  /** What is asked for, how often, and how many mails two of them bring. */
  const asks: [string, number, number, (email: string) => Promise<Stop>][] = [
    ['sign-ins', 12, 0, (email) => signIn(new Visitor(product, STRANGER), { email, password: wrong })],
    ['requests for a new password', 5, 2, (email) => askForPassword(new Visitor(product, STRANGER), email)],
    ['registrations', 5, 2, (email) => askForAccount(new Visitor(product, STRANGER), { email, password: 'three loud ducks under Gouda' })],
  ];

  it.each(asks)('abuse 52: of %s sees the same for an address that nobody has, for one whose owner is away, and for one whose owner gets a mail and signs in meanwhile', async (_, times, brought, ask) => {
    const [away, busy] = [await somebodyKnown(), await somebodyKnown()];
    const nobody = somebody().email;
    const seen = await answers(() => ask(nobody), times);
    expect(seen.filter((one) => one.startsWith('429'))).toHaveLength(2);
    expect(await answers(() => ask(away.email), times)).toEqual(seen);
    expect(await answers(() => ask(busy.email), times, () => busyOwner(busy, 1 + brought))).toEqual(seen);
  }, 90_000);

  it('abuse 52: of codes sees the same whether or not somebody has the address', async () => {
    const known = await somebodyKnown();
    const tries = async (email: string) => {
      const who = new Visitor(product, '198.51.101.9');
      const page = await askForPassword(who, email);
      let tried = 0;
      return answers(() => who.press(page, 'Continue', { code: String(100_000 + (tried += 1)) }), 12);
    };
    const seen = await tries(somebody().email);
    expect(seen.filter((one) => one.startsWith('429'))).toHaveLength(2);
    expect(await tries(known.email)).toEqual(seen);
  }, 60_000);
});

describe('a mailed code', () => {
  const inArabic = (code: string) => `Your code is: \u2067${[...code].map((digit) => String.fromCodePoint(0x660 + Number(digit))).join('')}\u2069`;
  const withDash = (code: string) => `${code.slice(0, 3)}\u2011${code.slice(3)}`;

  it.each([['in Arabic-Indic digits with words before it', inArabic], ['with a dash', withDash]])('fits at a registration, a sign-in and a recovery when it is typed %s', async (_, typed) => {
    const [account, first, second] = [somebody(), new Visitor(product, OWNER), new Visitor(product, OWNER)];
    const code = await askForAccount(first, account);
    expect(allowed(await first.press(code, 'Continue', { code: typed(await mailedCode(product, account.email)) }))).toBe(true);
    const confirm = await signIn(second, account);
    expect(allowed(await second.press(confirm, 'Continue', { code: typed(await mailedCode(product, account.email, 2)) }))).toBe(true);
    const third = new Visitor(product, OWNER);
    const recovery = await askForPassword(third, account.email);
    const page = await third.press(recovery, 'Continue', { code: typed(await mailedCode(product, account.email, 3)) });
    expect(parse(page.html).text).toContain('Your new password');
  }, 60_000);
});
