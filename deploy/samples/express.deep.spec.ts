import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { reader } from '../../test-e2e/browser.js';
import { freePorts, startProduct } from '../../test-e2e/product.js';
import type { Product } from '../../test-e2e/product.js';
import { fillIn, mailedCode, somebody } from '../../test-e2e/visits.js';
import { answering, installed, registered, run, sourceOf, start, stopAll } from './sample.js';

let product: Product;
let origin: string;

beforeAll(async () => {
  const [made, { port, sample: apiPort }, folder] = await Promise.all([startProduct(), freePorts(), installed('express')]);
  product = made;
  origin = `http://localhost:${port}`;
  const API_URL = `http://localhost:${apiPort}/`;
  const environment = await registered(product, 'express', { 4710: port, 4750: apiPort });
  const resourceServer = run(sourceOf('resource-server'), ['node', 'server.mjs'], { OIDC_ISSUER: product.issuer, API_URL });
  const application = start(folder, { ...environment, API_URL, SESSION_SECRET: 'at least eight characters' });
  await Promise.all([answering(application, origin), answering(resourceServer, API_URL)]);
}, 240_000);

afterAll(async () => {
  await stopAll();
  await product?.stop();
});

it('the Express sample signs a person in, shows claims, calls an API and signs out', async () => {
  const [person, account] = [reader(), somebody()];
  await person.visit(`${origin}/callback?code=stolen&state=stolen`);
  expect(await person.text()).toContain('BadRequestError: "auth_verification" cookie not found.');
  await person.visit(origin);
  await person.follow('Sign in');
  await person.follow('Create an account');
  await fillIn(person, account);
  await person.fill('Code', await mailedCode(product, account.email));
  await person.press('Continue');
  await person.press('Allow');
  expect(await person.text()).toContain(`Hello ${account.email}.`);

  await person.visit(`${origin}/claims`);
  const claims = JSON.parse(await person.text()) as Record<string, unknown>;
  expect(claims).toMatchObject({ sub: expect.any(String), email: account.email, email_verified: true });
  await person.visit(`${origin}/orders`);
  expect(JSON.parse(await person.text())).toEqual({ customer: claims['sub'], orders: ['three tulip bulbs'] });

  await person.visit(`${origin}/logout`);
  await person.press('Sign out');
  expect([person.address(), await person.text()]).toEqual([`${origin}/`, 'Sign in']);
}, 60_000);
