import { readFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Ports } from '@symbolon/web';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { Proofs } from './proofs.js';

let engine: TestDatabase;
let proofs: Proofs;
const credentialId = '7d1fe4a2-3d3e-4a57-9a6c-0f3b6f6f0001';

beforeAll(async () => {
  engine = await testDatabase();
  const database = engine.database();
  await database.query('create schema authentication');
  for (const file of ['0002_clients_and_claims', '0023_proofs']) await database.query(readFileSync(new URL(`../../migrations/${file}.sql`, import.meta.url), 'utf8'));
  await database.query("insert into authentication.accounts_v1 (account, credential_id, disabled) values ('ann', $1, false), ('bob', $1, true)", [credentialId]);
  proofs = new Proofs({ database, configuration: { origin: 'http://localhost:3000' } } as unknown as Ports);
}, 60_000);
afterAll(() => engine?.close());

const request = (cookie?: string) => Object.assign(new IncomingMessage(new Socket()), { headers: cookie ? { cookie } : {} });
const take = (cookie?: string, response = new ServerResponse(request())) => proofs.take(request(cookie), response);

const given = async (over: { accountId?: string; credentialId?: string } = {}): Promise<string> => {
  const response = new ServerResponse(request());
  await proofs.give(response, { accountId: 'ann', credentialId, ...over });
  return String(response.getHeader('set-cookie')).split(';')[0]!;
};

it('is good once, of twenty that take it at the same moment, and its cookie goes', async () => {
  const cookie = await given();
  const response = new ServerResponse(request());
  const taken = await Promise.all(Array.from({ length: 20 }, () => take(cookie, response)));
  expect(taken.filter(Boolean)).toEqual([{ accountId: 'ann', credentialId }]);
  expect(String(response.getHeader('set-cookie'))).toContain('Max-Age=0');
  expect(await take(cookie)).toBeUndefined();
});

it('belongs to the browser that proved it', async () => {
  await given();
  expect(await take()).toBeUndefined();
  expect(await take(`symbolon_proof=${'x'.repeat(43)}`)).toBeUndefined();
});

it('is over after two minutes', async () => {
  const cookie = await given();
  await engine.database().query("update authentication.proofs set expires_at = clock_timestamp() where account_id = 'ann'");
  expect(await take(cookie)).toBeUndefined();
});

it.each([
  ['whose password is another one by now', { credentialId: '7d1fe4a2-3d3e-4a57-9a6c-0f3b6f6f0002' }],
  ['that is blocked', { accountId: 'bob' }],
  ['that is gone', { accountId: 'eve' }],
])('is nothing for an account %s', async (_, over) => expect(await take(await given(over))).toBeUndefined());
