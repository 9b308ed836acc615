import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migrate } from '@symbolon/postgres';
import { memoryVault } from '@symbolon/vault';
import type { Ports } from '@symbolon/web';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { Devices } from '../device/devices.js';
import { Credentials } from '../password/credentials.js';
import { Logins } from '../register/logins.js';
import { Throttle } from '../throttle/throttle.js';
import { PasswordCheck } from './password-check.js';
import { PasswordCheckQuery } from './password-check.query.js';

const ann = '5b6f0c1e-0000-4000-8000-000000000001';
const password = 'four quiet geese over Delft';

let engine: TestDatabase;
let checks: PasswordCheck;
let devices: Devices;
let throttle: Throttle;
let hashed: number;

const hashes = { verify: async (hash: string | undefined, typed: string) => ((hashed += 1), hash === `hash of ${typed}`) };

beforeAll(async () => {
  engine = await testDatabase();
  await migrate({ url: engine.url, secret: engine.secret, services: [{ name: 'authentication', migrations: new URL('../../migrations/', import.meta.url), categories: ['account', 'signin', 'client'] }] });
  const database = engine.database('authentication');
  const ports = { database, vault: memoryVault(), configuration: { origin: 'https://id.example', keys: { pepper: Buffer.alloc(32, 7) } } } as unknown as Ports;
  const [logins, credentials] = [new Logins(ports), new Credentials(ports)];
  await logins.reserve('ann@example.com', ann, 'r');
  await logins.hold(ann);
  const credentialId = await credentials.keep(ann, `hash of ${password}`);
  await database.query('insert into authentication.accounts_v1 (account, credential_id, disabled) values ($1, $2, false)', [ann, credentialId]);
  [devices, throttle] = [new Devices(ports), new Throttle(ports)];
  checks = new PasswordCheck(throttle, hashes as never, new PasswordCheckQuery(ports, logins, credentials), devices);
}, 60_000);
afterAll(() => engine?.close());
beforeEach(async () => {
  hashed = 0;
  for (const table of ['attempts', 'devices']) await engine.database('authentication').query(`delete from authentication.${table}`);
});

const browser = (cookie?: string) => Object.assign(new IncomingMessage(new Socket()), { headers: cookie ? { cookie } : {} });
const tried = async (login: string, typed: string, { address = '192.0.2.1', cookie }: { address?: string; cookie?: string } = {}) => {
  const checked = await checks.check({ login, password: typed, request: browser(cookie), address });
  return 'accepted' in checked ? 'accepted' : 'wait' in checked ? `wait ${Math.ceil(checked.wait / 60)}` : 'refused';
};
/** The cookie of a browser that is known from now on. */
const known = async () => {
  const response = new ServerResponse(browser());
  await devices.remember(browser(), response, { accountId: ann, epoch: 0 });
  return String(response.getHeader('set-cookie')).split(';')[0]!;
};
/** A stranger's answers, one after the other; the owner does something after the fifth. */
const stranger = async (login: string, meanwhile: () => Promise<unknown> = async () => undefined) => {
  const answers = [];
  for (let index = 0; index < 12; index += 1) {
    if (index === 5) await meanwhile();
    answers.push(await tried(login, 'a guess'));
  }
  return answers;
};
const there = '203.0.113.9';

describe('passwords that a stranger guesses', () => {
  it('abuse 54: never keep out a browser that a finished recovery made known', async () => {
    await stranger('ann@example.com');
    expect(await tried('ann@example.com', password, { address: there })).toBe('refused');
    const cookie = await known();
    expect(await tried('ann@example.com', password, { address: there, cookie })).toBe('accepted');
    expect(await tried('ann@example.com', password, { address: '192.0.2.1', cookie })).toBe('accepted');
  });

  it('abuse 54: from many networks, a hundred in a row, keep out new browsers until the owner is proven', async () => {
    const later = () => engine.database('authentication').query("update authentication.attempts set window_ends = clock_timestamp() - interval '1 second'");
    for (let window = 0; window < 12; window += 1) {
      for (let index = 0; index < 10; index += 1) await tried('ann@example.com', 'a guess', { address: `198.51.${index}.1` });
      await later();
    }
    expect(await tried('ann@example.com', password, { address: there })).toBe('refused');
    expect(await tried('ann@example.com', password, { address: there, cookie: await known() })).toBe('accepted');
    await later();
    expect(await tried('ann@example.com', password, { address: there })).toBe('accepted');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['does nothing', async () => undefined],
    ['signs in from another network', () => tried('ann@example.com', password, { address: there })],
    ['signs in from the same network', () => tried('ann@example.com', password)],
    ['signs in in a known browser', async () => tried('ann@example.com', password, { cookie: await known() })],
    ['recovers', () => throttle.proven({ login: 'ann@example.com', accountId: ann })],
    ['mistypes her password from another network', () => tried('ann@example.com', 'a typo', { address: there })],
  ])('abuse 52: are answered alike, attempt by attempt, with the same wait, when the owner %s meanwhile and when nobody has the address', async (_, meanwhile) => {
    const nobody = await stranger('nobody@example.com');
    expect(nobody).toEqual([...Array<string>(10).fill('refused'), 'wait 15', 'wait 15']);
    expect(await stranger('ann@example.com', meanwhile)).toEqual(nobody);
  });

  it('abuse 52: cost the same work in vain as else', async () => {
    await stranger('ann@example.com');
    hashed = 0;
    expect(await tried('ann@example.com', password, { address: there })).toBe('refused');
    expect(hashed).toBe(1);
  });
});
