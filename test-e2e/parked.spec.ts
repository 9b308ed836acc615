import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { Client as Connection } from 'pg';
import { besideTheProduct } from './database.js';
import { machineToken, newDataDir, startProduct } from './product.js';
import type { Product } from './product.js';
import { basic, codeOf, exchange, newClient, post, refresh, register, request, userinfo } from './relying-party.js';
import type { Client, Json, SignedIn } from './relying-party.js';

const program = fileURLToPath(new URL('../libs/cli/bin/symbolon.mjs', import.meta.url));
const dataDir = newDataDir();
let product: Product;
let owner: Connection;

beforeAll(async () => {
  product = await startProduct({ dataDir });
  owner = await besideTheProduct(product);
}, 90_000);

afterAll(async () => {
  await owner.end();
  await product.stop();
});

async function restart(): Promise<void> {
  await owner.end();
  await product.stop({ keep: true });
  product = await startProduct({ dataDir });
  owner = await besideTheProduct(product);
}

const call = async (method: string, path: string, body?: object): Promise<{ status: number; headers: Headers; body: Json }> => {
  const authorization = `Bearer ${await machineToken(product, 'purposes:write consent:read consent:write operations:write')}`;
  const answer = await fetch(`${product.origin}/api/${path}`, { method, headers: { authorization, ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: answer.status, headers: answer.headers, body: (await answer.json().catch(() => ({}))) as Json };
};

/** Moves the log on, and gives the place that it came to. */
async function place(): Promise<string> {
  const { headers } = await call('POST', 'consent/v1/purposes', { purpose: `p${randomUUID().slice(0, 8)}`, basis: 'consent', claims: [], textVersion: 1, title: 'A purpose', text: 'What it is for.' });
  return headers.get('symbolon-position')!;
}

/** What an older version published, which took any text: no table can keep the NUL in it. */
async function plant(subject: string, type: 'ClientAuthorized' | 'ConsentGranted', sequence: string): Promise<void> {
  const topic = 'symbolon.consent.public.v1';
  const metadata = Buffer.from(JSON.stringify({ at: '2026-01-01T00:00:00.000Z', subject, actor: subject, correlation: 'planted', causation: 'planted' }));
  const data = Buffer.from(JSON.stringify(type === 'ClientAuthorized' ? { clientId: 'c_poison', scopes: ['a\0b'] } : { purpose: 'a\0b', textVersion: 1, clientId: '' }));
  await owner.query('select bus.publish($1, $2, $3, $4, $5, $6, $7, $8, $9)', [[topic], [subject], [0], [randomUUID()], [`${topic}.${type}`], [sequence], [metadata.length], [data.length], Buffer.concat([metadata, data])]);
}

type Ready = Readonly<{ status: string; hindrances: readonly string[]; parked: Readonly<Record<string, number>> }>;
const readiness = async (): Promise<Ready> => (await fetch(`${product.operations}/readyz`)).json() as Promise<Ready>;
async function until<T>(look: () => Promise<T>, good: (seen: T) => boolean): Promise<T> {
  let seen = await look();
  for (const end = Date.now() + 20_000; !good(seen) && Date.now() < end; seen = await look()) await new Promise((resolve) => setTimeout(resolve, 25));
  return seen;
}
const parkedIn = (subscription: string, keys: number) => until(readiness, ({ parked }) => parked[subscription] === keys);

const symbolon = (...args: string[]): Promise<string> =>
  new Promise((done) => {
    const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, NODE_OPTIONS: '', SYMBOLON_DATA_DIR: product.dataDir } });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.once('exit', () => done(printed));
  });

type Person = Omit<SignedIn, 'purposes'> & Readonly<{ subject: string; tokens: Json }>;

/** Registers at the application, allows what it asks for, its purpose too, and has tokens. */
async function allowing(client: Client): Promise<Person> {
  const { visitor, account, stop, verifier } = await register(product, client, { ticked: 'profile:1' });
  const { body: tokens } = await exchange(product, client, stop.sentTo?.get('code'), verifier);
  return { visitor, account, client, tokens, subject: String(decodeJwt(String(tokens['id_token'])).sub) };
}

const AUTHORIZATIONS = 'authentication.authorizations.v1';
const CONSENTS = 'authentication.consents.v1';

/** An innocent person allows, is told of, and takes back, all of it in force at once. */
async function everythingFlows(client: Client): Promise<void> {
  const { tokens, subject } = await allowing(client);
  expect(await userinfo(product, tokens['access_token'])).toMatchObject({ status: 200, body: { given_name: 'Ada' } });
  expect((await refresh(product, client, tokens['refresh_token'])).status).toBe(200);
  const withdrawn = await call('DELETE', `consent/v1/authorizations/${client.id}?subject=${subject}`);
  expect([withdrawn.status, withdrawn.body['inForce']]).toEqual([200, true]);
  expect((await userinfo(product, tokens['access_token'])).status).toBe(401);
}

it('abuse 102: what seventy-five people sent that no table can keep is parked for each of them, and changes nothing for others, nor over a restart', async () => {
  const client = await newClient(product);
  const at = await place();
  for (let person = 0; person < 26; person++) for (const type of ['ClientAuthorized', 'ConsentGranted'] as const) await plant(randomUUID(), type, at);
  await everythingFlows(client);
  expect(await parkedIn(CONSENTS, 26)).toMatchObject({ status: 'ready', hindrances: [], parked: { [AUTHORIZATIONS]: 26, [CONSENTS]: 26 } });
  for (let person = 26; person < 75; person++) for (const type of ['ClientAuthorized', 'ConsentGranted'] as const) await plant(randomUUID(), type, at);
  expect(await parkedIn(CONSENTS, 75)).toMatchObject({ status: 'ready', hindrances: [] });
  await everythingFlows(client);
  await restart();
  await everythingFlows(client);
  expect(await readiness()).toMatchObject({ status: 'ready', hindrances: [], parked: { [AUTHORIZATIONS]: 75, [CONSENTS]: 75 } });
  const metrics = await (await fetch(`${product.operations}/metrics`)).text();
  expect(metrics).toContain(`symbolon_subscription_parked_keys{subscription="${AUTHORIZATIONS}"} 75`);
}, 120_000);

it.each(['ClientAuthorized', 'ConsentGranted'] as const)('abuse 102: somebody whose %s could not be read has no claim and no code for a third party until an operator mends it', async (type) => {
  const [third, first] = [await newClient(product), await newClient(product, { party: 'first' })];
  const { visitor, subject, tokens } = await allowing(third);
  const own = await codeOf(visitor, first);
  const ownTokens = (await exchange(product, first, own.code, own.verifier)).body;
  const told = async () => (await userinfo(product, ownTokens['access_token'])).body;
  expect(await told()).toMatchObject({ given_name: 'Ada', email_verified: true });
  const before = await codeOf(visitor, third);
  const subscription = type === 'ClientAuthorized' ? AUTHORIZATIONS : CONSENTS;
  const already = (await readiness()).parked[subscription] ?? 0;
  await plant(subject, type, await place());
  await parkedIn(subscription, already + 1);

  expect((await userinfo(product, tokens['access_token'])).status).toBe(401);
  expect((await refresh(product, third, tokens['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
  expect((await exchange(product, third, before.code, before.verifier)).body).toMatchObject({ error: 'invalid_grant' });
  for (const prompt of ['none', 'consent']) {
    const { sentTo } = await visitor.authorize(request(third, { prompt }).params);
    expect([sentTo?.get('error'), sentTo?.get('code')]).toEqual(['temporarily_unavailable', null]);
  }
  const now = await told(); // what rests on a contract stays
  expect([now['given_name'], now['email_verified']]).toEqual([undefined, true]);

  // A withdrawal behind it is stored, not yet in force, and said so; the operator passes over what can never be read.
  const withdrawal = type === 'ClientAuthorized' ? `authorizations/${third.id}` : 'consents/profile';
  expect((await call('DELETE', `consent/v1/${withdrawal}?subject=${subject}`)).status).toBe(202);
  const parkedOf = async () => ((await call('GET', 'operations/v1/parked')).body['parked'] as Json[]).filter((row) => row['key'] === subject && row['subscription'] === subscription);
  const rows = await until(parkedOf, ({ length }) => length === 2);
  expect(rows.map((row) => row['subscription'])).toEqual([subscription, subscription]);
  const list = await symbolon('parked', 'list');
  expect(list).toContain(subject);
  expect(list).toContain('22021');
  expect(await symbolon('parked', 'retry', subscription)).toMatch(/^0 handled now, \d+ still parked\./);
  const [poison, behind] = rows.map((row) => String(row['position']));
  expect(await symbolon('parked', 'skip', subscription, subject, behind!)).toContain('not the oldest');
  expect(await symbolon('parked', 'skip', subscription, subject, poison!)).toMatch(/^Passed over\. 1 behind it handled now/);
  expect((await readiness()).parked[subscription] ?? 0).toBe(already);
  const after = await told();
  expect([after['given_name'], after['email_verified']]).toEqual([type === 'ClientAuthorized' ? 'Ada' : undefined, true]);
  expect((await refresh(product, third, tokens['refresh_token'])).body).toHaveProperty(type === 'ClientAuthorized' ? 'error' : 'access_token');
}, 60_000);

/** An event of this key waits before this follower, as long as `work` takes. */
async function whileUnread<T>(subscription: string, key: string, work: () => Promise<T>): Promise<T> {
  await owner.query(`insert into authentication.parked (subscription, key, position, event, error, attempts) values ($1, $2, '', '{}', 'planted', 1)`, [subscription, key]);
  return work().finally(() => owner.query('delete from authentication.parked where subscription = $1 and key = $2', [subscription, key]));
}

it('abuse 102: whatever gives a right is not believed while an event of its key is unread', async () => {
  const { visitor, subject } = await allowing(await newClient(product));
  const client = await newClient(product, { party: 'first' });
  const { code, verifier } = await codeOf(visitor, client);
  const { body: tokens } = await exchange(product, client, code, verifier);
  const told = async () => {
    const { status, body } = await userinfo(product, tokens['access_token']);
    return { status, name: body['given_name'], email: body['email_verified'] };
  };
  const everything = { status: 200, name: 'Ada', email: true };
  expect(await until(told, ({ name }) => name !== undefined)).toEqual(everything);
  const nobody = { status: 401, name: undefined, email: undefined };
  const withoutName = { ...everything, name: undefined };
  expect(await whileUnread('authentication.accounts.v1', `account-${subject}`, told)).toEqual(nobody); // it may be disabled
  expect(await whileUnread('authentication.claims.v1', subject, told)).toEqual(withoutName); // it may have been cleared
  expect(await whileUnread('authentication.purposes.v1', 'purpose-profile', told)).toEqual(withoutName); // it may have been retired
  expect(await whileUnread(CONSENTS, subject, told)).toEqual(withoutName);
  expect(await told()).toEqual(everything);
});

it('abuse 102: an application of which an event is unread is treated as disabled', async () => {
  const client = await newClient(product, { grantTypes: ['client_credentials'], scopes: ['profiles:read'] });
  const token = async () => (await post(product, 'token', { grant_type: 'client_credentials', scope: 'profiles:read' }, basic(client))).status;
  for (const subscription of ['authentication.clients.v1', 'authentication.secrets.v1']) {
    const seen = await whileUnread(subscription, `client-${client.id}`, () => until(token, (status) => status !== 200)); // what was cached counts for two seconds
    expect(seen).toBe(401);
    expect(await until(token, (status) => status === 200)).toBe(200);
  }
}, 30_000);

it('a subscription whose table is gone stands still, says why, parks nobody, and goes on by itself once the table is back', async () => {
  await owner.query('alter table consent.purposes_v1 rename to purposes_elsewhere');
  const at = await place().finally(() => undefined);
  const { hindrances, parked } = await until(readiness, ({ status }) => status === 'not ready');
  expect([hindrances, parked['consent.purposes.v1']]).toEqual([[expect.stringMatching(/^consent\.purposes\.v1 stands still: .*42P01.*consent\.purposes_v1/)], undefined]);
  expect(product.printed()).toContain('a subscription stands still');
  await owner.query('alter table consent.purposes_elsewhere rename to purposes_v1');
  expect(await until(readiness, ({ status }) => status === 'ready')).toMatchObject({ status: 'ready', hindrances: [] });
  expect(await until(async () => (await call('GET', `consent/v1/purposes?after=${at}`)).status, (status) => status === 200)).toBe(200);
}, 60_000);
