import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRequire } from 'node:module';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { hasBrowser, launch, sit } from './browser.js';
import type { Sitter } from './browser.js';
import { isDeep } from './deep.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { newClient, request } from './relying-party.js';
import type { Client } from './relying-party.js';
import { fillIn, mailedCode, somebody, typePassword } from './visits.js';
import type { Account } from './visits.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
let browser: Browser | undefined;
let product: Product;
/** An application that asks for purposes and for nothing to be allowed. */
let ours: Client;

beforeAll(async () => {
  [browser, product] = await Promise.all([launch(), startProduct()]);
  ours = await newClient(product, { party: 'first', scopes: ['openid', 'profile', 'email'] });
}, 120_000);

/** Where pictures of every page are kept, when somebody wants to look at them. */
const pictures = process.env['SYMBOLON_TEST_PICTURES'];

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

type Violation = Readonly<{ id: string; nodes: readonly { html: string }[] }>;

/** Axe is put into the page from outside, past the policy that keeps scripts out. */
async function violations(page: Page): Promise<readonly string[]> {
  const { readFileSync } = await import('node:fs');
  await page.evaluate(readFileSync(axe, 'utf8'));
  const { violations: found } = (await page.evaluate('axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })')) as { violations: Violation[] };
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Looks at the page as it is: nothing for axe to say, nothing wider than the window. */
async function look({ page }: Sitter, name: string): Promise<void> {
  expect([name, await violations(page)]).toEqual([name, []]);
  expect([name, await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')]).toEqual([name, true]);
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

/** Every page and error state on the way of a newcomer who comes back. */
async function walk(person: Sitter, account: Account, picture: (name: string) => string): Promise<void> {
  const see = (name: string) => look(person, picture(name));
  await person.visit(product.sample);
  await see('sample');
  await person.follow('Sign in');
  await see('sign-in');
  await person.press('Sign in');
  await see('sign-in-empty');
  await typePassword(person, { email: account.email, password: 'not the password of anybody' });
  await see('sign-in-refused');
  await person.follow('Forgotten your password?');
  await see('recover');
  await person.fill('Email', account.email);
  await person.press('Continue');
  await see('recover-code');
  await person.fill('Code', '000000');
  await person.press('Continue');
  await see('recover-code-wrong');
  await person.follow('Back to sign-in');
  await person.follow('Create an account');
  await see('register');
  await person.fill('Email', 'nobody');
  await person.press('Create account');
  await see('register-wrong');
  await fillIn(person, account);
  await see('code');
  await person.fill('Code', '000000');
  await person.press('Continue');
  await see('code-wrong');
  await person.fill('Code', await mailedCode(product, account.email));
  await person.press('Continue');
  await see('allow');
  await person.visit(`${product.issuer}/auth?${String(new URLSearchParams(request(ours).params))}`);
  await see('purposes');
  await person.page.goBack();
  await person.press('Allow');
  await see('sample-signed-in');
  await person.visit(`${product.origin}/account`);
  await see('account');
  await person.visit(`${product.origin}/account/password`);
  await see('password');
  await person.fill('New password', 'short');
  await person.press('Change password');
  await see('password-wrong');
  await person.visit(`${product.origin}/account/not-me`);
  await see('not-me');
  await person.fill('Email', account.email);
  await person.press('Continue');
  await person.fill('Code', await mailedCode(product, account.email, 2));
  await person.press('Continue');
  await see('new-password');
  await person.fill('Password', 'four herons over the lake');
  await person.press('Set password');
  await see('password-changed');
  await person.visit(`${product.origin}/i/gone`);
  await see('gone');
  await person.visit(`${product.issuer}/auth?client_id=nobody`);
  await see('provider-error');
  await person.visit(`${product.issuer}/session/end?client_id=nobody`);
  await see('still-signed-in');
  await person.visit(`${product.issuer}/auth?${new URLSearchParams({ client_id: 'account', response_type: 'code', scope: 'openid', redirect_uri: `${product.origin}/account/callback`, code_challenge: 'x'.repeat(43), code_challenge_method: 'S256', prompt: 'select_account' })}`);
  await see('select-account');
  await person.visit(`${product.issuer}/session/end`);
  await see('sign-out');
  await person.visit(`${product.origin}/mail`);
  await see('mail');
  await person.visit(`${product.origin}/`);
  await see('home');
  await person.visit(`${product.origin}/nothing`);
  await see('nothing');
  await person.visit(`${product.origin}/api`);
  await see('api');
  await person.page.evaluate('[...document.querySelectorAll("details")].slice(0, 3).forEach((one) => { one.open = true; })');
  await see('api-open');
}

if (hasBrowser) {
  describe('no page and no error state has anything for axe to say (UX-3)', () => {
    it.each([
      ['light', 1_280],
      ['dark', 320],
      ...(isDeep ? ([['dark', 1_280], ['light', 320]] as const) : []),
    ] as const)('in %s at %s px', async (colorScheme, width) => {
      const person = await sit(browser!, { colorScheme, viewport: { width, height: 800 } });
      await walk(person, somebody(), (name) => `${name}-${colorScheme}-${width}`);
      await person.close();
    }, 90_000);
  });

  it('somebody registers with the keyboard alone (UX-3)', async () => {
    const [person, account] = [await sit(browser!), somebody()];
    const { page } = person;
    await page.goto(`${product.sample}/register`);
    const fill = async (label: string, value: string) => {
      for (let left = 12; left > 0 && !(await page.getByLabel(label, { exact: true }).evaluate((one) => one === one.ownerDocument.activeElement)); left -= 1) await page.keyboard.press('Tab');
      await page.keyboard.type(value);
    };
    await fill('Email', account.email);
    await fill('Password', account.password);
    await fill('First name', account.firstName);
    await fill('Last name', account.lastName);
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    await fill('Code', await mailedCode(product, account.email));
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    expect(await person.text()).toContain('Allow Garden Club?');
    await person.close();
  }, 60_000);
} else {
  it('is not looked at here: there is no browser for this machine (the reason stands above)', () => {
    expect(browser).toBeUndefined();
  });
}
