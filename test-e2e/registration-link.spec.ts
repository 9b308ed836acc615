import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { kinds, launch } from './browser.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { fillIn, mails, newestMail, registerAt, somebody, typePassword, userInfo } from './visits.js';
import type { Account } from './visits.js';

let browser: Browser | undefined;
let product: Product;

beforeAll(async () => {
  [browser, product] = await Promise.all([launch(), startProduct()]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

const linkTo = async ({ email }: Account): Promise<string> => /^\s*(http\S+\/register\/\S+)\s*$/m.exec((await newestMail(product, email)).text)![1]!;

describe.each(kinds(() => browser))('$kind: the mailed link of a registration', ({ open }) => {
  it('asks for the chosen password, and nothing is typed twice: the account page is signed in, and the first browser goes on (REG-1)', async () => {
    const [first, second, account] = [await open(), await open(), somebody()];
    await first.visit(`${product.sample}/register`);
    await fillIn(first, account);
    await second.visit(await linkTo(account));
    await second.fill('Password', 'not what was chosen');
    await second.press('Create account');
    expect(await second.text()).toContain('This is not the password that you chose.');
    await second.fill('Password', account.password);
    await second.press('Create account');
    expect(second.address()).toBe(`${product.origin}/account`);
    expect(await second.text()).toContain(account.email);
    expect(await mails(product, account.email)).toHaveLength(1);

    await first.fill('Code', '000000');
    await first.press('Continue');
    expect(await first.text()).toContain('Your account is ready');

    await second.press('Sign out');
    await second.visit(`${product.sample}/login`);
    await typePassword(second, account);
    expect(await second.text()).not.toContain('We do not know this browser yet.');
    await second.press('Allow');
    expect(await userInfo(second)).toMatchObject({ email: account.email });
    await Promise.all([first.close(), second.close()]);
  }, 60_000);

  it('shows the account that was made, also where somebody else was signed in, and signs in nobody twice', async () => {
    const [first, second, account, before] = [await open(), await open(), somebody(), somebody()];
    await registerAt(product, second, before);
    await first.visit(`${product.sample}/register`);
    await fillIn(first, account);
    const link = await linkTo(account);
    await second.visit(link);
    await second.fill('Password', account.password);
    await second.press('Create account');
    expect(second.address()).toBe(`${product.origin}/account`);
    const shown = await second.text();
    expect([shown.includes(account.email), shown.includes(before.email)]).toEqual([true, false]);

    await second.press('Sign out');
    await second.visit(link);
    expect(await second.text()).toContain('Sign in');
    await second.visit(`${product.origin}/account`);
    expect(await second.value('Email')).toBe('');
    await Promise.all([first.close(), second.close()]);
  }, 60_000);
});
