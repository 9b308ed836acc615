import { spawn, spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { testServer } from '../tools/engines/eventstoredb.js';
import type { TestServer } from '../tools/engines/eventstoredb.js';
import { besideTheProduct } from './database.js';
import { eventTypes } from './event-log.js';
import { freePorts, machineToken, newDataDir, startProduct } from './product.js';
import type { Product } from './product.js';
import { codeOf, exchange, newClient, proof, register, userinfo } from './relying-party.js';
import type { Client, Visitor } from './relying-party.js';
import { tied } from '../tools/test/tied.mjs';

const GUARD = 240_000;
const command = fileURLToPath(new URL('../libs/cli/bin/symbolon.mjs', import.meta.url));
const dataDir = newDataDir();
const from = ['--from', 'postgres:', '--to', 'ESDB'];
const back = ['--from', 'ESDB', '--to', 'postgres:'];

let server: TestServer;
let ports: Awaited<ReturnType<typeof freePorts>>;
let product: Product;
let client: Client;
let visitor: Visitor;
let subject: string;

const environment = () => ({ ...process.env, SYMBOLON_DATA_DIR: dataDir, ESDB: server.url });
const symbolon = (...args: string[]) => spawnSync(process.execPath, [command, 'events', ...args], { encoding: 'utf8', env: environment() });
const start = async (eventStoreUrl: string): Promise<Product> => (product = await startProduct({ dataDir, ports, environment: { SYMBOLON_EVENT_STORE_URL: eventStoreUrl } }));
const stop = () => product.stop({ keep: true });

const consent = async (path: string, method: string, body?: object) =>
  fetch(`${product.origin}/api/consent/v1/consents${path}`, { method, headers: { authorization: `Bearer ${await machineToken(product, 'consent:write consent:record')}`, ...(body && { 'content-type': 'application/json' }) }, ...(body && { body: JSON.stringify(body) }) });

/** What UserInfo says to the application now. */
async function told(): Promise<object> {
  const { code, verifier } = await codeOf(visitor, client, { scope: 'openid profile email' });
  const { body } = await exchange(product, client, code, verifier);
  subject = String(decodeJwt(String(body['id_token'])).sub);
  return (await userinfo(product, body['access_token'])).body;
}

/** Everything that must not happen twice: messages on the bus, and rows of the read tables. */
async function counts(): Promise<object> {
  const connection = await besideTheProduct(product);
  try {
    const { rows } = await connection.query('select (select count(*) from bus.messages)::int as messages, (select count(*) from authentication.accounts_v1)::int as accounts, (select count(*) from authentication.clients_v1)::int as clients, (select count(*) from consent.statuses_v1)::int as statuses, (select count(*) from profiles.attributes_v1)::int as attributes');
    return rows[0] as object;
  } finally {
    await connection.end();
  }
}

/** Counts, once the followers have nothing left to do. */
async function settled(): Promise<object> {
  for (let [before, now] = [await counts(), {}]; ; before = now) {
    await sleep(1_500);
    now = await counts();
    if (JSON.stringify(before) === JSON.stringify(now)) return now;
  }
}

beforeAll(async () => {
  server = await testServer({ disk: true });
  await server.start();
  ports = await freePorts();
  await start('postgres:');
  client = await newClient(product);
  ({ visitor } = await register(product, client, { ticked: 'profile:1', over: { scope: 'openid profile email' } }));
}, GUARD);
afterAll(async () => {
  await product?.stop();
  await server?.close();
});

describe('an installation that moves to EventStoreDB', () => {
  it('is not touched while it runs', () => {
    const { status, stderr } = symbolon('copy', ...from);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/in use by another Symbolon/)]);
  }, GUARD);

  it('goes on there where it was, after a copy that was interrupted, with no event lost and none taking effect twice', async () => {
    expect(await told()).toMatchObject({ given_name: 'Ada' });
    const before = await settled();
    await stop();
    await expect(start(server.url)).rejects.toThrow(/is empty.*symbolon events copy/s);

    const interrupted = spawn(...tied(process.execPath, [command, 'events', 'copy', ...from]), { env: environment(), stdio: 'ignore', detached: true });
    await sleep(900);
    process.kill(-interrupted.pid!, 'SIGKILL');
    let copied = symbolon('copy', ...from);
    for (let left = 5; copied.status !== 0 && left > 0; left -= 1) copied = (await sleep(1_500), symbolon('copy', ...from)); // the killed one's database ends by itself
    expect([copied.status, copied.stderr]).toEqual([0, '']);
    expect(copied.stdout).toMatch(/\d+ events lie at 127\.0\.0\.1:\d+, each compared .* era 1/);

    await start(server.url);
    expect(await settled()).toEqual(before);
    expect(await told()).toMatchObject({ given_name: 'Ada' });
    expect((await consent(`/profile?subject=${subject}`, 'DELETE')).status).toBe(200);
    expect(await told()).not.toHaveProperty('given_name');
    expect(await eventTypes(product, `consent-${subject}`)).toEqual(expect.arrayContaining(['symbolon.consent.v1.ConsentGranted', 'symbolon.consent.v1.ConsentWithdrawn']));
    await stop();
  }, GUARD);

  it('does not go on in the log that it left', async () => {
    await expect(start('postgres:')).rejects.toThrow(/log of another engine|ends before/);
  }, GUARD);

  it('comes back with everything that happened there', async () => {
    const { status, stdout, stderr } = symbolon('copy', ...back);
    expect([status, stderr, stdout]).toEqual([0, '', expect.stringMatching(/events lie in the database, .* era 2/)]);
    await start('postgres:');
    expect(await told()).not.toHaveProperty('given_name');
    expect((await consent(`?subject=${subject}`, 'POST', { purpose: 'profile', textVersion: 1, proof: proof() })).status).toBe(201);
    for (let left = 50; left > 0 && !('given_name' in (await told())); left -= 1) await sleep(100);
    expect(await told()).toHaveProperty('given_name');
    const types = await eventTypes(product, `consent-${subject}`);
    expect(types.filter((type) => /Granted|Withdrawn/.test(type)).map((type) => type.split('.').at(-1))).toEqual(['ConsentGranted', 'ConsentWithdrawn', 'ConsentGranted']);
    await stop();
  }, GUARD);

  it('is brought up to date again by another copy', async () => {
    const { status, stdout } = symbolon('copy', ...from);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/era 3/)]);
    await start(server.url);
    expect(await told()).toHaveProperty('given_name');
  }, GUARD);
});

describe('an EventStoreDB that came back emptied', () => {
  it('is not written on, neither by a running Symbolon nor by one that starts', async () => {
    await server.kill();
    server.use('other');
    await server.start();
    for (let left = 100; left > 0 && !product.printed().includes('Nothing is written to it'); left -= 1) await sleep(200);
    expect(product.printed().split('Nothing is written to it').length - 1).toBeLessThan(3);
    const answer = await consent(`/profile?subject=${subject}`, 'DELETE');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
    expect((await (await fetch(`${product.operations}/readyz`)).text())).toContain('Nothing is written to it');
    expect((await told())).toBeDefined(); // signing in needs nothing of the log
    await stop();
    await expect(start(server.url)).rejects.toThrow(/is empty.*bring back its backup/s);
    expect(await eventTypes({ dataDir, eventStoreUrl: server.url }, `consent-${subject}`).catch(({ type }: { type: string }) => type)).toBe('stream-not-found');
  }, GUARD);

  it('goes on when the right log is back', async () => {
    await server.kill();
    const older = server.use('older');
    cpSync(server.use('first'), older, { recursive: true });
    await server.start();
    await start(server.url);
    expect((await consent(`/profile?subject=${subject}`, 'DELETE')).status).toBe(200);
    await stop();
  }, GUARD);
});

describe('an EventStoreDB that was restored from an older backup', () => {
  it('is gone on with by command: read tables that knew more are filled again', async () => {
    await server.kill();
    server.use('older');
    await server.start();
    await expect(start(server.url)).rejects.toThrow(/ends before .* "symbolon events restored"/s);
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'events', 'restored'], { encoding: 'utf8', env: { ...environment(), SYMBOLON_EVENT_STORE_URL: server.url } });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/era \d+\..*consent\.statuses\.v\d+ had handled more than the log holds: its table is filled again/s);
    await start(server.url);
    await settled();
    const answer = await fetch(`${product.origin}/api/consent/v1/consents?subject=${subject}`, { headers: { authorization: `Bearer ${await machineToken(product, 'consent:read consent:write')}` } });
    expect(await answer.json()).toMatchObject({ consents: expect.arrayContaining([expect.objectContaining({ purpose: 'profile', granted: true })]) }); // the withdrawal is in the lost part
    expect((await consent(`/profile?subject=${subject}`, 'DELETE')).status).toBeLessThan(300);
    expect((await eventTypes(product, `consent-${subject}`)).at(-1)).toBe('symbolon.consent.v1.ConsentWithdrawn');
  }, GUARD);
});
