import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { migrate } from '@symbolon/postgres';
import type { Ports } from '@symbolon/web';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { Proofs } from './proofs.js';

let engine: TestDatabase;
let proofs: Proofs;
const credentialId = '7d1fe4a2-3d3e-4a57-9a6c-0f3b6f6f0001';

beforeAll(async () => {
  engine = await testDatabase();
  await migrate({ url: engine.url, secret: engine.secret, services: [{ name: 'authentication', migrations: new URL('../../migrations/', import.meta.url), categories: ['account', 'signin', 'client'] }] });
  const database = engine.database('authentication');
  await database.query("insert into authentication.accounts_v1 (account, credential_id, disabled) values ('ann', $1, false), ('bob', $1, true)", [credentialId]);
  proofs = new Proofs({ database, configuration: { origin: 'http://localhost:3000' } } as unknown as Ports);
}, 60_000);
afterAll(() => engine?.close());

const request = (cookie?: string) => Object.assign(new IncomingMessage(new Socket()), { headers: cookie ? { cookie } : {} });
const look = (cookie?: string) => proofs.of(request(cookie));

const given = async (over: { accountId?: string; credentialId?: string; epoch?: number } = {}): Promise<string> => {
  const response = new ServerResponse(request());
  await proofs.give(response, { accountId: 'ann', credentialId, epoch: 0, ...over });
  return String(response.getHeader('set-cookie')).split(';')[0]!;
};

it('is good until the sign-in that it was for is complete, and its cookie goes', async () => {
  const cookie = await given();
  expect([await look(cookie), await look(cookie)]).toEqual(Array(2).fill({ accountId: 'ann', credentialId, epoch: 0 }));
  const response = new ServerResponse(request());
  await proofs.used(request(cookie), response);
  expect(String(response.getHeader('set-cookie'))).toContain('Max-Age=0');
  expect(await look(cookie)).toBeUndefined();
});

it('belongs to the browser that proved it', async () => {
  await given();
  expect(await look()).toBeUndefined();
  expect(await look(`symbolon_proof=${'x'.repeat(43)}`)).toBeUndefined();
});

it('is over after two minutes', async () => {
  const cookie = await given();
  await engine.database('authentication').query("update authentication.proofs set expires_at = clock_timestamp() where account_id = 'ann'");
  expect(await look(cookie)).toBeUndefined();
});

it.each([
  ['whose password is another one by now', { credentialId: '7d1fe4a2-3d3e-4a57-9a6c-0f3b6f6f0002' }],
  ['where what rests on a proof was revoked since', { epoch: -1 }],
  ['that is blocked', { accountId: 'bob' }],
  ['that is gone', { accountId: 'eve' }],
])('is nothing for an account %s', async (_, over) => expect(await look(await given(over))).toBeUndefined());
