import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Database } from '@symbolon/postgres';
import { migrate } from '@symbolon/postgres';
import { memoryVault } from '@symbolon/vault';
import type { Ports } from '@symbolon/web';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { Codes } from '../code/codes.js';
import { Mails } from '../mail/mails.js';
import { Logins } from '../register/logins.js';
import { AccountsQuery } from '../sign-in/accounts.query.js';
import { Throttle } from '../throttle/throttle.js';
import { Recover } from './recover.js';
import { Recoveries } from './recoveries.js';

const [known, disabled] = ['5b6f0c1e-0000-4000-8000-000000000001', '5b6f0c1e-0000-4000-8000-000000000002'];

let engine: TestDatabase;
let recover: Recover;
let statements: string[] = [];
let sealed: number[] = [];

beforeAll(async () => {
  engine = await testDatabase();
  await migrate({ url: engine.url, secret: engine.secret, services: [{ name: 'authentication', migrations: new URL('../../migrations/', import.meta.url), categories: ['account', 'signin', 'client'] }] });
  const real = engine.database('authentication');
  const database = { ...real, query: (text: string, values?: readonly unknown[]) => (statements.push(text), real.query(text, values)) } as Database;
  const vault = memoryVault();
  const counted = { ...vault, sealForService: (value: Uint8Array, context: string) => (sealed.push(value.length), vault.sealForService(value, context)) };
  const brand = { name: 'Shop', logo: undefined, colour: '#123', colourDark: '#abc' };
  const ports = { database, vault: counted, configuration: { origin: 'https://id.example', brand, keys: { pepper: Buffer.alloc(32, 7) } } } as unknown as Ports;
  const logins = new Logins(ports);
  for (const [account, email, blocked] of [[known, 'ann@example.com', false], [disabled, 'bob@example.com', true]] as const) {
    await logins.reserve(email, account, 'r');
    await logins.hold(account);
    await real.query('insert into authentication.accounts_v1 (account, email, credential_id, disabled) values ($1, $2, $3, $4)', [account, await vault.seal(email, { event: '1', type: 'AccountRegistered', subject: account, field: 'email' }), account, blocked]);
  }
  recover = new Recover(ports, new Recoveries(ports), logins, new AccountsQuery(ports), new Codes(ports), new Mails(ports), new Throttle(ports));
}, 60_000);
afterAll(() => engine?.close());

/** All that one request for a new password does: its statements, what it seals, the rows that it leaves. */
async function workFor(address: string) {
  const rows = async () => {
    const counts = ['recoveries', 'mailed_codes', 'mails', 'attempts'].map(async (table) => (await engine.database('authentication').query(`select from authentication.${table}`)).rowCount);
    return Promise.all(counts);
  };
  const before = await rows();
  [statements, sealed] = [[], []];
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const answer = await recover.begin(response, { address, interaction: 'u1', ip: '192.0.2.1' });
  const [done, written] = [statements, sealed];
  return { answer, statements: done, sealed: written, rows: (await rows()).map((count, index) => count - before[index]!), cookie: String(response.getHeader('set-cookie')).replace(/=[\w-]+;/, '=…;') };
}

it('abuse 52: of a known address, a blocked one and one that nobody has does the same work, letter by letter', async () => {
  await workFor('eve@example.com'); // the network's counter is there from now on
  const ofKnown = await workFor('ann@example.com');
  expect(ofKnown).toMatchObject({ answer: undefined, rows: [1, 1, 1, expect.any(Number)] });
  expect(ofKnown.statements.some((text) => text.includes('authentication.mails'))).toBe(true);
  expect(await workFor('cid@example.com')).toEqual(ofKnown);
  expect(await workFor('bob@example.com')).toEqual(ofKnown);
});
