import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launch, sit } from '../../test-e2e/browser.js';
import { freePorts, startProduct } from '../../test-e2e/product.js';
import type { Product } from '../../test-e2e/product.js';
import { fillIn, mailedCode, somebody } from '../../test-e2e/visits.js';
import { answering, finish, installed, registered, start, stopAll } from './sample.js';

let browser: Browser | undefined;
let product: Product;
let origin: string;

beforeAll(async () => {
  const [opened, made, { port }, folder] = await Promise.all([launch(), startProduct(), freePorts(), installed('nextjs')]);
  [browser, product, origin] = [opened, made, `http://localhost:${port}`];
  const environment = { ...(await registered(product, 'nextjs', { 4720: port })), NEXTAUTH_URL: origin, NEXTAUTH_SECRET: 'nobody else has this', NEXT_TELEMETRY_DISABLED: '1' };
  await finish(folder, ['npm', 'run', 'build'], environment);
  await answering(start(folder, environment, '--port', `${port}`), origin);
}, 480_000);

afterAll(async () => {
  await browser?.close();
  await stopAll();
  await product?.stop();
});

it('the Next.js sample signs a person in, shows the session and signs out', async () => {
  const [person, account] = [await sit(browser!), somebody()];
  await person.visit(origin);
  await person.follow('Sign in');
  await person.press('Sign in with Symbolon');
  await person.follow('Create an account');
  await fillIn(person, account);
  await person.fill('Code', await mailedCode(product, account.email));
  await person.press('Continue');
  await person.press('Cancel');
  expect([person.address(), await person.text()]).toEqual([`${origin}/api/auth/signin?error=Callback`, expect.stringContaining('Try signing in with a different account.')]);
  await person.press('Sign in with Symbolon');
  await person.press('Allow');
  expect(person.address()).toBe(`${origin}/`);
  expect(await person.text()).toContain(`Hello ${account.email}`);
  expect(JSON.parse(/\{.*\}/.exec(await person.text())![0])).toEqual({ id: expect.any(String), email: account.email });

  await person.follow('Sign out');
  await person.press('Sign out');
  expect(await person.text()).toContain('Sign in');
  await person.close();
}, 60_000);
