import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Database } from '@symbolon/postgres';
import { migrate } from '@symbolon/postgres';
import { memoryVault } from '@symbolon/vault';
import type { Vault } from '@symbolon/vault';
import type { Ports } from '@symbolon/web';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { Codes } from '../code/codes.js';
import { Devices } from '../device/devices.js';
import { openWaitingMail } from '../mail/sealed-mail.js';
import { NOBODY, Mails } from '../mail/mails.js';
import { Logins } from '../register/logins.js';
import { AccountsQuery } from '../sign-in/accounts.query.js';
import { Throttle } from '../throttle/throttle.js';
import { Recover } from './recover.js';
import { Recoveries } from './recoveries.js';

const [known, disabled] = ['5b6f0c1e-0000-4000-8000-000000000001', '5b6f0c1e-0000-4000-8000-000000000002'];

let engine: TestDatabase;
let recover: Recover;
let recoveries: Recoveries;
let devices: Devices;
let throttle: Throttle;
let vault: Vault;
let statements: string[] = [];
let sealed: number[] = [];

beforeAll(async () => {
  engine = await testDatabase();
  await migrate({ url: engine.url, secret: engine.secret, services: [{ name: 'authentication', migrations: new URL('../../migrations/', import.meta.url), categories: ['account', 'signin', 'client'] }] });
  const real = engine.database('authentication');
  const database = { ...real, query: (text: string, values?: readonly unknown[]) => (statements.push(text), real.query(text, values)) } as Database;
  vault = memoryVault();
  const counted = { ...vault, sealForService: (value: Uint8Array, context: string) => (sealed.push(value.length), vault.sealForService(value, context)) };
  const brand = { name: 'Shop', logo: undefined, colour: '#123', colourDark: '#abc' };
  const ports = { database, vault: counted, configuration: { origin: 'https://id.example', brand, keys: { pepper: Buffer.alloc(32, 7) } } } as unknown as Ports;
  const logins = new Logins(ports);
  for (const [account, email, blocked] of [[known, 'ann@example.com', false], [disabled, 'bob@example.com', true]] as const) {
    await logins.reserve(email, account, 'r');
    await logins.hold(account);
    await real.query('insert into authentication.accounts_v1 (account, email, credential_id, disabled) values ($1, $2, $3, $4)', [account, await vault.seal(email, { event: '1', type: 'AccountRegistered', subject: account, field: 'email' }), account, blocked]);
  }
  [recoveries, devices, throttle] = [new Recoveries(ports), new Devices(ports), new Throttle(ports)];
  recover = new Recover(ports, recoveries, logins, new AccountsQuery(ports), new Codes(ports), new Mails(ports), throttle, devices);
}, 60_000);
afterAll(() => engine?.close());
beforeEach(() => engine.database('authentication').query('delete from authentication.attempts'));

const request = (cookie?: string) => Object.assign(new IncomingMessage(new Socket()), { headers: cookie ? { cookie } : {} });

/** A recovery that somebody begins at an address, from a network, in a browser of their own or one that is known. */
async function begun(address: string, ip: string, cookie?: string) {
  const response = new ServerResponse(request());
  const wait = await recover.begin(response, { address, interaction: 'u1', request: request(cookie), ip });
  if (wait !== undefined) return { wait };
  const recovery = (await recoveries.ofBrowser(request(String(response.getHeader('set-cookie')).split(';')[0]!)))!;
  const { rows } = await engine.database('authentication').query<{ id: string; sealed: Buffer }>('select id, sealed from authentication.mails order by seq desc limit 1');
  const mail = openWaitingMail(vault, rows[0]!.id, rows[0]!.sealed) as { account: string; text: string };
  return { recovery, mail, code: /\b\d{6}\b/.exec(mail.text)![0], link: /recover\/([\w-]+)/.exec(mail.text)![1]! };
}

/** All that one request for a new password does: its statements, what it seals, the rows that it leaves. */
async function workFor(address: string) {
  const rows = async () => {
    const counts = ['recoveries', 'mailed_codes', 'mails', 'attempts'].map(async (table) => (await engine.database('authentication').query(`select from authentication.${table}`)).rowCount);
    return Promise.all(counts);
  };
  const before = await rows();
  [statements, sealed] = [[], []];
  const response = new ServerResponse(request());
  const answer = await recover.begin(response, { address, interaction: 'u1', request: request(), ip: '192.0.2.1' });
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

const from = (index: number) => `198.51.${index}.1`;

it('abuse 52, 54: answers alike, request by request, for a known address, one that nobody has and one whose owner asked meanwhile', async () => {
  const asked = async (address: string) => {
    const answers = [];
    for (let index = 0; index < 5; index += 1) answers.push('wait' in (await begun(address, '192.0.2.1')) ? 'wait' : 'answered');
    return answers;
  };
  await begun('ann@example.com', '203.0.113.9');
  const [known, blocked, nobody] = [await asked('ann@example.com'), await asked('bob@example.com'), await asked('cid@example.com')];
  expect(known).toEqual(['answered', 'answered', 'answered', 'wait', 'wait']);
  expect([blocked, nobody]).toEqual([known, known]);
});

it('abuse 54: three requests of a stranger leave the owner hers', async () => {
  for (let index = 0; index < 9; index += 1) await begun('ann@example.com', '192.0.2.1');
  const own = await begun('ann@example.com', '203.0.113.9');
  expect(own.mail?.account).toBe(known);
  expect(await recover.check(own.recovery!, own.code!, { request: request(), ip: '203.0.113.9' })).toBe(true);
});

it('abuse 54: strangers in many networks leave the owner a link that is good, and her own browser', async () => {
  const links = [];
  for (let index = 0; index < 20; index += 1) {
    const { mail, link } = await begun('ann@example.com', from(index));
    if (mail?.account === known) links.push(link!);
  }
  expect(links).toHaveLength(6);
  expect((await begun('ann@example.com', '203.0.113.9')).mail?.account).toBe(NOBODY);
  for (const link of links) expect(await recoveries.ofLink(link)).toMatchObject({ accountId: known });
  const response = new ServerResponse(request());
  await devices.remember(request(), response, { accountId: known, epoch: 0 });
  const cookie = String(response.getHeader('set-cookie')).split(';')[0]!;
  expect((await begun('ann@example.com', '203.0.113.9', cookie)).mail?.account).toBe(known);
  expect((await begun('bob@example.com', '203.0.113.9', cookie)).mail?.account).toBe(NOBODY);
});

it('abuse 52: a request in vain does the same work as any other', async () => {
  await workFor('ann@example.com');
  const one = await workFor('ann@example.com');
  await engine.database('authentication').query('update authentication.attempts set count = 6 where most = 6');
  const inVain = await workFor('ann@example.com');
  expect({ ...inVain, sealed: [], rows: [] }).toEqual({ ...one, sealed: [], rows: [] });
  expect(inVain.rows).toEqual(one.rows);
});

it('abuse 54: after a hundred wrong codes in a row, over many hours, the right one opens nothing, and its link does', async () => {
  const later = () => engine.database('authentication').query("update authentication.attempts set window_ends = clock_timestamp() - interval '1 second'");
  const stranger = await begun('ann@example.com', from(99));
  for (let hour = 0; hour < 10; hour += 1) {
    for (let index = 0; index < 10; index += 1) expect(await recover.check(stranger.recovery!, '000000x', { request: request(), ip: from(index) })).toBe(false);
    await later();
  }
  const own = await begun('ann@example.com', '203.0.113.9');
  const there = { request: request(), ip: '203.0.113.9' };
  expect(await recover.check(own.recovery!, own.code!, there)).toBe(false);
  expect(await recoveries.ofLink(own.link!)).toMatchObject({ accountId: known });
  await throttle.proven({ login: 'ann@example.com', accountId: known });
  expect(await recover.check(own.recovery!, own.code!, there)).toBe(true);
});
