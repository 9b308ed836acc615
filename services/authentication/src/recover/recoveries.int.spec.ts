import { readFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Ports } from '@symbolon/web';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { Recoveries } from './recoveries.js';

let engine: TestDatabase;
let recoveries: Recoveries;
const credential = '7d1fe4a2-3d3e-4a57-9a6c-0f3b6f6f0001';

beforeAll(async () => {
  engine = await testDatabase();
  const database = engine.database();
  await database.query('create schema authentication');
  for (const file of ['0002_clients_and_claims', '0022_recoveries']) await database.query(readFileSync(new URL(`../../migrations/${file}.sql`, import.meta.url), 'utf8'));
  await database.query("insert into authentication.accounts_v1 (account, credential_id) values ('ann', $1)", [credential]);
  const vault = { sealForService: (value: Uint8Array) => value, openForService: (sealed: Uint8Array) => sealed };
  recoveries = new Recoveries({ database, vault, configuration: { origin: 'http://localhost:3000' } } as unknown as Ports);
}, 60_000);
afterAll(() => engine?.close());

const request = (cookie?: string) => Object.assign(new IncomingMessage(new Socket()), { headers: cookie ? { cookie } : {} });

const begun = async (over: object = {}) => {
  const response = new ServerResponse(request());
  const { recovery, link } = await recoveries.begin(response, { address: 'ann@example.com', interaction: 'u1', accountId: 'ann', credentialId: credential, ...over });
  return { id: recovery.id, link, cookie: String(response.getHeader('set-cookie')).split(';')[0]! };
};

it('belongs to the browser that asked, and to the mailed link', async () => {
  const { id, link, cookie } = await begun();
  expect((await recoveries.ofBrowser(request(cookie)))?.id).toBe(id);
  expect(await recoveries.ofBrowser(request())).toBeUndefined();
  expect((await recoveries.ofLink(link))?.id).toBe(id);
  expect(await recoveries.ofLink(`${link}x`)).toBeUndefined();
});

it('abuse 56: twenty uses of one recovery at once take it once', async () => {
  const { id } = await begun();
  const taken = await Promise.all(Array.from({ length: 20 }, () => recoveries.consume(id)));
  expect(taken.filter(Boolean)).toHaveLength(1);
});

it('abuse 56: it is dead once the password is another one', async () => {
  const { id } = await begun({ credentialId: '7d1fe4a2-3d3e-4a57-9a6c-0f3b6f6f0002' });
  expect(await recoveries.consume(id)).toBe(false);
});

it('abuse 52: an address that nobody has gets a row of its own, and it can never be taken', async () => {
  const { id, cookie } = await begun({ accountId: undefined, credentialId: undefined });
  await recoveries.prove(id);
  expect((await recoveries.ofBrowser(request(cookie)))?.proven).toBe(false);
  expect(await recoveries.consume(id)).toBe(false);
});
