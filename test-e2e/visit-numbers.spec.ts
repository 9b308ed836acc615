import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Client as Connection } from 'pg';
import { files, foundIn, needles, tables } from './canaries.js';
import { besideTheProduct } from './database.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { answered, newClient, register, request, Visitor } from './relying-party.js';
import type { Client } from './relying-party.js';
import { mailedCode, mails, somebody } from './visits.js';

let product: Product;
let client: Client;
let owner: Connection;
let began: number;

beforeAll(async () => {
  product = await startProduct();
  owner = await besideTheProduct(product);
  began = Date.now() - 2_000;
  client = await newClient(product);
}, 60_000);

afterAll(async () => {
  await owner.end();
  await product.stop();
});

const numbers = new Set<string>();
/** Begins a visit, and keeps its number, which is in the address of its pages and in a cookie. */
async function visit(browser: Visitor, over: Record<string, string> = {}) {
  const page = await browser.authorize(request(client, over).params);
  const uid = /^\/i\/([\w-]+)/.exec(page.address.pathname)?.[1];
  if (uid !== undefined) numbers.add(uid);
  return page;
}

it('abuse 47: the number of a visit, with which somebody goes on in it, lies in no table, file, write-ahead log, mail or line of log', async () => {
  // a registration that is confirmed, and one that is not
  for (const finished of [true, false]) {
    const [browser, person] = [new Visitor(product), somebody()];
    const page = await visit(browser);
    const form = await browser.go(`${page.address.pathname}/register`);
    const code = await browser.press(form, 'Create account', { email: person.email, password: person.password, first_name: 'Ada', last_name: 'Lovelace' });
    const typed = await mailedCode(product, person.email);
    if (finished) await answered(browser, await browser.press(code, 'Continue', { code: typed }));
  }
  // a sign-in that waits for its code, and a forgotten password
  const { account } = await register(product, client);
  const stranger = new Visitor(product);
  const asked = await stranger.press(await visit(stranger, { prompt: 'login' }), 'Sign in', { login: account.email, password: account.password });
  expect(asked.html).toContain('code');
  const forgetful = new Visitor(product);
  const page = await visit(forgetful);
  const recover = await forgetful.go(`${page.address.pathname}/recover`);
  await forgetful.press(recover, /<button[^>]*>([^<]+)<\/button>/.exec(recover.html)![1]!, { email: account.email });
  await mailedCode(product, account.email, 3);
  expect(numbers.size).toBe(4);
  const all = needles([...numbers]);
  for (const table of ['registrations', 'recoveries', 'sign_in_steps', 'interactions', 'mailed_codes', 'attempts']) expect((await owner.query(`select from authentication.${table}`)).rowCount).toBeGreaterThan(0);
  const found: string[] = [];
  for await (const { where, hay } of tables(owner)) found.push(...foundIn(hay, all).map((what) => `${what} in ${where}`));
  await owner.query('checkpoint');
  for (const { where, hay } of files(product.dataDir, began)) found.push(...foundIn(hay, all).map((what) => `${what} in ${where}`));
  found.push(...foundIn(Buffer.from(product.printed()), all).map((what) => `${what} in the log`));
  found.push(...foundIn(Buffer.from(JSON.stringify(await mails(product, account.email))), all).map((what) => `${what} in a mail`));
  expect(found).toEqual([]);
}, 120_000);
