import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { migrate } from '@symbolon/postgres';
import type { Ports } from '@symbolon/web';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { Devices } from './devices.js';

let engine: TestDatabase;
let devices: Devices;

beforeAll(async () => {
  engine = await testDatabase();
  await migrate({ url: engine.url, secret: engine.secret, services: [{ name: 'authentication', migrations: new URL('../../migrations/', import.meta.url), categories: ['account', 'signin', 'client'] }] });
  const database = engine.database('authentication');
  await database.query("insert into authentication.accounts_v1 (account) values ('ann'), ('bob'), ('cid'), ('eve')");
  devices = new Devices({ database, configuration: { origin: 'http://localhost:3000' } } as unknown as Ports);
}, 60_000);
afterAll(() => engine?.close());

const browser = (cookie?: string) => Object.assign(new IncomingMessage(new Socket()), { headers: cookie ? { cookie } : {} });

/** The cookie that a browser has after a complete sign-in. */
const signedIn = async (request: IncomingMessage, accountId: string, epoch = 0): Promise<string> => {
  const response = new ServerResponse(request);
  await devices.remember(request, response, { accountId, epoch });
  return String(response.getHeader('set-cookie')).split(';')[0]!;
};

it('a browser is known to the accounts that signed in with it, and to no other (AUT-13)', async () => {
  const first = await signedIn(browser(), 'ann');
  const second = await signedIn(browser(first), 'bob');
  expect(await devices.knows(browser(second), 'ann')).toBe(true);
  expect(await devices.knows(browser(second), 'bob')).toBe(true);
  expect(await devices.knows(browser(second), 'eve')).toBe(false);
  expect(await devices.knows(browser(), 'ann')).toBe(false);
});

it('abuse 42: a cookie that somebody planted before the sign-in is worth nothing afterwards', async () => {
  const planted = await signedIn(browser(), 'eve');
  await signedIn(browser(planted), 'ann');
  expect(await devices.knows(browser(planted), 'ann')).toBe(false);
});

it('abuse 56: a browser is asked anew once what rests on the account was revoked, but the one that signed in since', async () => {
  const before = await signedIn(browser(), 'dan');
  await engine.database('authentication').query("insert into authentication.accounts_v1 (account, epoch) values ('dan', 1)");
  expect(await devices.knows(browser(before), 'dan')).toBe(false);
  expect(await devices.knows(browser(await signedIn(browser(before), 'dan', 1)), 'dan')).toBe(true);
});

it('a sign-in to one account does not make the browser known again to another that revoked', async () => {
  const before = await signedIn(browser(), 'fay', 0);
  await engine.database('authentication').query("insert into authentication.accounts_v1 (account, epoch) values ('fay', 1)");
  expect(await devices.knows(browser(await signedIn(browser(before), 'ann')), 'fay')).toBe(false);
});

it('the table holds no cookie', async () => {
  const cookie = await signedIn(browser(), 'cid');
  const { rows } = await engine.database('authentication').query<{ device: Buffer }>('select device from authentication.devices');
  expect(rows.map(({ device }) => device.toString('base64url'))).not.toContain(cookie.split('=')[1]);
});
