import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { reader } from './browser.js';
import type { Person } from './browser.js';
import { files, foundIn, needles, tables } from './canaries.js';
import { besideTheProduct } from './database.js';
import { everyEvent } from './event-log.js';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { mailedCode, registerAt, typePassword } from './visits.js';
import type { Account } from './visits.js';

const rare = randomBytes(5).toString('hex');
const account: Account = { email: `Zebulon.${rare}+Shop@Canary-Mail.example`, password: `umbrella kiwi ${rare} Ω sonata`, firstName: `Xanthippe${rare}`, lastName: `O'Quetzal-${rare}` };
const [renamed, newPassword, stranger, phone] = [`Persephone${rare}`, `${rare} copper lizard parade`, `nobody.${rare}@canary-stranger.example`, `+4930${parseInt(rare.slice(0, 6), 16)}`];
const canaries = [...Object.values(account), renamed, newPassword, stranger, phone];
const all = needles(canaries);
const PURPOSE = 'Share your name and language';

let product: Product;
let owner: Client;
let printed = '';
let began = 0;

beforeAll(async () => {
  product = await startProduct({ environment: { SYMBOLON_TEST_LOG: 'debug' } });
  for (const stream of [product.child.stdout!, product.child.stderr!]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  owner = await besideTheProduct(product);
  began = Date.now() - 1_000;
}, 90_000);

afterAll(async () => {
  await owner.end();
  await product?.stop();
});

async function changeOfMind(person: Person): Promise<void> {
  await person.visit(`${product.origin}/account`);
  await person.fill('First name', renamed);
  await person.press('Save name');
  expect(await person.text()).toContain('Your name is saved.');
  await person.press(`Withdraw: ${PURPOSE}`);
  await person.press(`Agree: ${PURPOSE}`);
}

async function forgottenPassword(person: Person): Promise<void> {
  await person.visit(`${product.sample}/login`);
  await typePassword(person, { email: account.email.toUpperCase(), password: newPassword });
  expect(await person.text()).toContain('do not belong together');
  await typePassword(person, { email: stranger, password: newPassword });
  await person.visit(`${product.sample}/login`);
  await person.follow('Forgotten your password?');
  await person.fill('Email', account.email);
  await person.press('Continue');
  await person.fill('Code', await mailedCode(product, account.email, 2));
  await person.press('Continue');
  await person.fill('Password', newPassword);
  await person.press('Set password');
  await typePassword(person, { email: account.email, password: newPassword });
}

/** What staff and applications do with a person's data. */
async function overTheApi(): Promise<void> {
  const token = await machineToken(product, 'profiles:read profiles:write accounts:read');
  const { rows } = await owner.query<{ subject: string }>('select subject from profiles.profiles_v1 order by created_at desc limit 1');
  const address = `${product.origin}/api/profiles/v1/profiles/${rows[0]!.subject}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  await fetch(`${address}/rights/phone`, { method: 'PUT', headers, body: JSON.stringify({ writableBy: 'organisation' }) });
  const changed = await fetch(address, { method: 'PATCH', headers, body: JSON.stringify({ attributes: { phone } }) });
  expect([changed.status, await changed.text()]).toEqual([200, expect.anything()]);
  const read = await (await fetch(`${address}?after=${changed.headers.get('symbolon-position')}`, { headers })).text();
  for (const value of [phone, renamed]) expect(read).toContain(value);
  await fetch(`${address}?email=${encodeURIComponent(account.email)}`, { headers });
  await fetch(address, { method: 'PATCH', headers, body: JSON.stringify({ attributes: { phone: `${phone} and more` }, [account.email]: account.lastName }) });
  await fetch(`${product.issuer}/auth?client_id=nobody&login_hint=${encodeURIComponent(account.email)}`);
}

async function places(): Promise<{ where: string; hay: Buffer }[]> {
  const found: { where: string; hay: Buffer }[] = [];
  for await (const place of tables(owner)) found.push(place);
  await owner.query('checkpoint');
  found.push(...files(product.dataDir, began));
  found.push({ where: 'what it printed', hay: Buffer.from(printed) });
  found.push({ where: 'metrics', hay: Buffer.from(await (await fetch(`${product.operations}/metrics`)).text()) });
  found.push({ where: 'the event log', hay: await everyEvent(product) });
  return found;
}

it('nothing that a person typed lies in clear in a table, a file, a write-ahead log, a topic, a mail or a line of log (DAT-2)', async () => {
  const person = reader();
  await registerAt(product, person, account, (one) => one.tick(PURPOSE));
  await changeOfMind(person);
  await forgottenPassword(reader());
  await overTheApi();
  const searched = await places();
  const names = searched.map(({ where }) => where);
  for (const place of ['es.events', 'bus.messages', 'authentication.mails', 'authentication.caught_mails', 'authentication.registrations', 'authentication.sessions', 'profiles.attributes_v1', 'vault.subject_keys']) expect(names).toContain(place);
  expect(names.filter((name) => name.startsWith('postgres/pg_wal/')).length).toBeGreaterThan(0);
  expect(printed).toContain('"route":"/api/profiles/v1/profiles/:subject"');
  expect(searched.flatMap(({ where, hay }) => foundIn(hay, all).map((what) => `${what} in ${where}`))).toEqual([]);
}, 180_000);

it('the search finds every form, wherever it was put', async () => {
  const value = account.email.toLowerCase();
  const within = (before: number, encoding: BufferEncoding) => Buffer.from(`${'x'.repeat(before)}${value}!`).toString(encoding);
  const forms = [value, value.toUpperCase(), Buffer.from(value).toString('hex'), encodeURIComponent(value), within(0, 'base64'), within(1, 'base64'), within(2, 'base64url')];
  await owner.query('create table public.planted (form text, bytes bytea)');
  for (const form of forms) await owner.query('insert into public.planted values ($1, null), (null, $2)', [form, Buffer.from(form)]);
  const planted: string[] = [];
  for await (const { where, hay } of tables(owner)) if (where === 'public.planted') planted.push(...hay.toString().split('\n').filter((line) => line !== '' && !/^\(,"?\\/.test(line)));
  await owner.query('checkpoint');
  const there = [...files(product.dataDir, began)].filter(({ hay }) => foundIn(hay, all).length > 0).map(({ where }) => where);
  await owner.query('drop table public.planted');
  expect(planted.map((line) => foundIn(Buffer.from(line), all).length > 0)).toEqual([...forms, ...forms].map(() => true));
  for (const kind of ['base', 'pg_wal']) expect(there.filter((where) => where.startsWith(`postgres/${kind}/`))).not.toEqual([]);
}, 60_000);
