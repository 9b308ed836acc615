import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { kinds, launch } from './browser.js';
import { freePorts, startProduct } from './product.js';
import type { Product } from './product.js';
import { newClient } from './relying-party.js';
import type { Client } from './relying-party.js';
import { fillIn, mailedCode, somebody, typePassword } from './visits.js';
import { tied } from '../tools/test/tied.mjs';

const program = fileURLToPath(new URL('../deploy/sample/relying-party.mjs', import.meta.url));
let browser: Browser | undefined;
let product: Product;
let application: ChildProcess | undefined;
let client: Client;
let origin: string;

beforeAll(async () => {
  [browser, product] = await Promise.all([launch(), startProduct()]);
  origin = `http://localhost:${(await freePorts()).port}`;
  client = await newClient(product, { redirectUris: [`${origin}/callback`], postLogoutRedirectUris: [`${origin}/`] });
  const environment = { OIDC_ISSUER: product.issuer, OIDC_CLIENT_ID: client.id, OIDC_CLIENT_SECRET: client.secret, OIDC_REDIRECT_URI: `${origin}/callback` };
  application = spawn(...tied(process.execPath, [program]), { env: { ...process.env, NODE_OPTIONS: '', ...environment }, stdio: 'inherit' });
  while (!(await fetch(origin, { redirect: 'manual' }).catch(() => undefined)) && application.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50));
}, 120_000);

afterAll(async () => {
  application?.kill();
  await browser?.close();
  await product?.stop();
});

it.each(kinds(() => browser))('the ten lines of the README sign a person in at Symbolon ($kind)', async ({ open }) => {
  const [person, account] = [await open(), somebody()];
  const claims = async () => JSON.parse(await person.text()) as Record<string, unknown>;
  await person.visit(origin);
  await person.follow('Create an account');
  await fillIn(person, account);
  await person.fill('Code', await mailedCode(product, account.email));
  await person.press('Continue');
  await person.press('Allow');
  const first = await claims();
  expect(first).toMatchObject({ iss: product.issuer, aud: client.id, sub: expect.stringMatching(/^[\w-]{8,}$/) });

  await person.visit(origin);
  expect(await claims()).toMatchObject({ sub: first['sub'] });
  await person.visit(`${origin}/callback?code=stolen&iss=${encodeURIComponent(product.issuer)}`);
  expect(await person.text()).toContain('Sign in again.');
  await person.visit(`${product.origin}/account`);
  await person.press('Sign out');
  await person.visit(origin);
  await typePassword(person, account);
  expect(await claims()).toMatchObject({ sub: first['sub'], aud: client.id });
  await person.close();
}, 60_000);
