import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launch, sit } from '../../test-e2e/browser.js';
import { freePorts, startProduct } from '../../test-e2e/product.js';
import type { Product } from '../../test-e2e/product.js';
import { fillIn, mailedCode, somebody } from '../../test-e2e/visits.js';
import { answering, configure, finish, installed, registered, run, sourceOf, start, stopAll } from './sample.js';

let browser: Browser | undefined;
let product: Product;
let origin: string;
let API_URL: string;
let build: (api: Record<string, string>) => Promise<void>;

beforeAll(async () => {
  const [opened, made, { port, sample: apiPort }, folder] = await Promise.all([launch(), startProduct(), freePorts(), installed('browser')]);
  [browser, product, origin, API_URL] = [opened, made, `http://localhost:${port}`, `http://localhost:${apiPort}/`];
  const environment = await registered(product, 'browser', { 4730: port, 4750: apiPort });
  build = (api) => {
    configure(folder, { ...environment, ...api });
    return finish(folder, ['npm', 'run', 'build']);
  };
  await build({ API_URL });
  const resourceServer = run(sourceOf('resource-server'), ['node', 'server.mjs'], { OIDC_ISSUER: product.issuer, API_URL, APPLICATION_ORIGIN: origin });
  await Promise.all([answering(start(folder, environment, '--port', `${port}`), origin), answering(resourceServer, API_URL)]);
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await stopAll();
  await product?.stop();
});

it('the browser sample signs a person in, calls an API from its origin, renews its token and signs out', async () => {
  const [person, account] = [await sit(browser!), somebody()];
  const { page } = person;
  const shows = (text: string) => page.locator('#shown', { hasText: text }).waitFor();
  const kept = () => page.evaluate(() => JSON.parse(sessionStorage.getItem(Object.keys(sessionStorage).find((key) => key.startsWith('oidc.user:'))!)!) as { access_token: string; refresh_token: string });
  await person.visit(`${origin}/?code=stolen&state=stolen`);
  await shows('No matching state found in storage');
  await person.visit(`${origin}/`);
  await person.press('Sign in');
  await person.follow('Create an account');
  await fillIn(person, account);
  await person.fill('Code', await mailedCode(product, account.email));
  await person.press('Continue');
  await person.press('Cancel');
  await shows('The person did not allow it.');
  await person.press('Sign in');
  await person.press('Allow');
  await shows(account.email);
  expect(person.address()).toBe(`${origin}/`);
  await page.getByRole('button', { name: 'Call the API' }).click();
  await shows('three tulip bulbs');

  const before = await kept();
  await page.evaluate(() => {
    const key = Object.keys(sessionStorage).find((one) => one.startsWith('oidc.user:'))!;
    sessionStorage.setItem(key, JSON.stringify({ ...(JSON.parse(sessionStorage.getItem(key)!) as object), expires_at: 1 }));
  });
  await person.visit(`${origin}/`);
  await shows(account.email);
  await page.getByRole('button', { name: 'Call the API' }).click();
  await shows('three tulip bulbs');
  const after = await kept();
  expect([after.access_token === before.access_token, after.refresh_token === before.refresh_token]).toEqual([false, false]);

  await person.press('Sign out');
  await person.press('Sign out');
  await shows('Nobody is signed in.');
  await person.close();
}, 60_000);

it('the browser sample calls an API of the product from the origin that it registered', async () => {
  await build({ API_URL: `${product.origin}/api/profiles/v1/profiles/me`, API_RESOURCE: `${product.origin}/api`, API_SCOPE: 'profiles:read' });
  const [person, account] = [await sit(browser!), somebody()];
  const shows = (text: string) => person.page.locator('#shown', { hasText: text }).waitFor();
  await person.visit(`${origin}/`);
  await person.press('Sign in');
  await person.follow('Create an account');
  await fillIn(person, account);
  await person.fill('Code', await mailedCode(product, account.email));
  await person.press('Continue');
  await person.press('Allow');
  await shows(account.email);
  await person.page.getByRole('button', { name: 'Call the API' }).click();
  await shows('"writableBy"');
  await person.close();
}, 60_000);
