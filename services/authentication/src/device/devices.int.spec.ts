import { readFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Ports } from '@symbolon/web';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { Devices } from './devices.js';

let engine: TestDatabase;
let devices: Devices;

beforeAll(async () => {
  engine = await testDatabase();
  const database = engine.database();
  await database.query('create schema authentication');
  await database.query(readFileSync(new URL('../../migrations/0020_devices.sql', import.meta.url), 'utf8'));
  devices = new Devices({ database, configuration: { origin: 'http://localhost:3000' } } as unknown as Ports);
}, 60_000);
afterAll(() => engine?.close());

const browser = (cookie?: string) => Object.assign(new IncomingMessage(new Socket()), { headers: cookie ? { cookie } : {} });

/** The cookie that a browser has after a complete sign-in. */
const signedIn = async (request: IncomingMessage, accountId: string): Promise<string> => {
  const response = new ServerResponse(request);
  await devices.remember(request, response, accountId);
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

it('the table holds no cookie', async () => {
  const cookie = await signedIn(browser(), 'cid');
  const { rows } = await engine.database().query<{ device: Buffer }>('select device from authentication.devices');
  expect(rows.map(({ device }) => device.toString('base64url'))).not.toContain(cookie.split('=')[1]);
});
