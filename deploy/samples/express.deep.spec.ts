import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { reader } from '../../test-e2e/browser.js';
import { freePorts, startProduct } from '../../test-e2e/product.js';
import type { Product } from '../../test-e2e/product.js';
import { fillIn, mailedCode, somebody } from '../../test-e2e/visits.js';
import { answering, configure, installed, registered, run, sourceOf, stopAll, until } from './sample.js';
import type { Running } from './sample.js';

const clock = new URL('../../test-e2e/clock.mjs', import.meta.url).href;

let product: Product;
let origin: string;
let API_URL: string;
let resourceServer: Running;
let application: Running;

beforeAll(async () => {
  const [made, { port, sample: apiPort }, folder] = await Promise.all([startProduct(), freePorts(), installed('express')]);
  product = made;
  origin = `http://localhost:${port}`;
  API_URL = `http://localhost:${apiPort}/`;
  const environment = await registered(product, 'express', { 4710: port, 4750: apiPort });
  resourceServer = run(sourceOf('resource-server'), ['node', 'server.mjs'], { OIDC_ISSUER: product.issuer, API_URL });
  configure(folder, { ...environment, API_URL, SESSION_SECRET: 'at least eight characters' });
  application = run(folder, ['node', '--import', clock, '--env-file=.env', 'app.mjs'], { SYMBOLON_TEST_CLOCK_STEP: '310' });
  await Promise.all([answering(application, origin), answering(resourceServer, API_URL)]);
}, 240_000);

afterAll(async () => {
  await stopAll();
  await product?.stop();
});

async function signIn() {
  const [person, account] = [reader(), somebody()];
  await person.visit(origin);
  await person.follow('Sign in');
  await person.follow('Create an account');
  await fillIn(person, account);
  await person.fill('Code', await mailedCode(product, account.email));
  await person.press('Continue');
  await person.press('Allow');
  return { person, account };
}

it('the Express sample signs a person in, shows claims, calls an API and signs out', async () => {
  const stranger = reader();
  await stranger.visit(`${origin}/callback?code=stolen&state=stolen`);
  expect(await stranger.text()).toContain('BadRequestError: "auth_verification" cookie not found.');
  const { person, account } = await signIn();
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

it('the Express sample gets the next token for the API when the first one is over', async () => {
  await resourceServer.stop();
  const tokens: string[] = [];
  const api = createServer((request, response) => {
    tokens.push(String(request.headers.authorization).slice('Bearer '.length));
    response.end('{}');
  });
  await new Promise<void>((done) => api.listen(Number(new URL(API_URL).port), 'localhost', done));
  const { person } = await signIn();
  await person.visit(`${origin}/orders`);
  await person.visit(`${origin}/orders`);
  process.kill(application.pid, 'SIGUSR2');
  await until(application, () => (application.printed().includes('310 s ahead') ? true : undefined));
  await person.visit(`${origin}/orders`);
  api.close();
  expect([tokens[1] === tokens[0], tokens[2] === tokens[0]]).toEqual([true, false]);
  expect(tokens.map((token) => decodeJwt(token).aud)).toEqual([API_URL, API_URL, API_URL]);
}, 60_000);
