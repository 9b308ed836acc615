import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { commandHandler, Unavailable, memoryEventStore, uuidv5 } from '@symbolon/event-sourcing';
import type { EventStore } from '@symbolon/event-sourcing';
import { codec } from '@symbolon/events';
import { migrate } from '@symbolon/postgres';
import { memoryVault } from '@symbolon/vault';
import type { Ports } from '@symbolon/web';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { account } from '../account.decider.js';
import { Codes } from '../code/codes.js';
import { file_symbolon_authentication_v1_events } from '../events.gen.js';
import type { AuthenticationEvent } from '../events.gen.js';
import { NOBODY } from '../mail/mails.js';
import type { Mails } from '../mail/mails.js';
import { Credentials } from '../password/credentials.js';
import type { Who } from '../throttle/throttle.js';
import { AccountCreation, createAccount } from './create-account.js';
import { Logins } from './logins.js';
import { Register } from './register.js';
import { Registrations } from './registrations.js';
import type { Registration } from './registrations.js';

type Mail = Parameters<Mails['queue']>[0];

let engine: TestDatabase;
let ports: Ports;
let store: EventStore;
let mails: Mail[];
let hashed: number;
let events: ReturnType<typeof codec<AuthenticationEvent>>;
let wait: number | undefined;
let held: boolean;
let counted: [string, Who][];

const hashes = { hash: async (password: string) => ((hashed += 1), `hash of ${password}`), verify: async (hash: string | undefined, password: string) => hash === `hash of ${password}` };
const throttle = {
  take: async (kind: string, who: Who) => (counted.push([kind, who]), wait === undefined && !held ? { allowed: true as const } : { allowed: false as const, retryAfter: wait }),
  succeeded: async () => undefined,
};
const brand = { name: 'Shop', logo: undefined, colour: '#123', colourDark: '#abc' };

beforeAll(async () => {
  engine = await testDatabase();
  await migrate({ url: engine.url, secret: engine.secret, services: [{ name: 'authentication', migrations: new URL('../../migrations/', import.meta.url), categories: ['account', 'signin', 'client'] }] });
}, 60_000);
afterAll(() => engine?.close());

beforeEach(async () => {
  const database = engine.database('authentication');
  await database.query('delete from authentication.logins');
  await database.query('delete from authentication.registrations');
  const vault = memoryVault();
  events = codec<AuthenticationEvent>({ files: [file_symbolon_authentication_v1_events], vault });
  store = memoryEventStore();
  [mails, hashed, wait, held, counted] = [[], 0, undefined, false, []];
  const configuration = { origin: 'https://id.example', brand, keys: { pepper: Buffer.alloc(32, 7) } };
  // What the followers do: the claims of everybody who registered.
  const waitFor = async () => (await database.query("insert into authentication.claims_v1 select account, 'first_name', 'sealed' from authentication.logins on conflict do nothing")).rowCount >= 0;
  ports = { configuration, database, vault, store, codec: events, waitFor, handler: (decider: never) => commandHandler(store, events, decider) } as unknown as Ports;
});

const parts = () => {
  const [logins, registrations, codes, credentials] = [new Logins(ports), new Registrations(ports), new Codes(ports), new Credentials(ports)];
  const accounts = new AccountCreation(ports, logins, credentials);
  const queue = async (mail: Mail) => void mails.push(mail);
  return { logins, registrations, codes, accounts, register: new Register(ports, registrations, logins, accounts, hashes, codes, { queue }, throttle) };
};

const request = (cookie?: string) => Object.assign(new IncomingMessage(new Socket()), { headers: cookie ? { cookie } : {} });
const person = { email: 'ann@example.com', firstName: 'Ann', lastName: 'Arbor', locale: 'en', password: 'seven quiet lemons' };

/** Begins in a browser of its own; gives what the mail holds and the browser's cookie. */
async function begun(over: Partial<typeof person> = {}) {
  const { register, registrations } = parts();
  const response = new ServerResponse(request());
  const before = mails.length;
  expect(await register.begin(response, { ...person, ...over }, { interaction: 'u1', address: '192.0.2.1' })).toBeUndefined();
  const cookie = String(response.getHeader('set-cookie')).split(';')[0]!;
  const mail = mails.slice(before).find((one) => 'to' in one && one.to === (over.email ?? person.email))!;
  const registration = (await registrations.ofBrowser(request(cookie), 'u1'))!;
  return { cookie, mail, registration, code: /\b\d{6}\b/.exec(mail.text)?.[0], link: /register\/([\w-]+)/.exec(mail.text)?.[1] };
}

/** What a completed registration answers. */
const accountOf = ({ id, accountId }: Registration) => ({ accountId, credentialId: uuidv5('credential', id) });

const streamOf = async (accountId: string) => {
  const { events: recorded } = await store.read(`account-${accountId}`);
  return Promise.all(recorded.map(async (one) => (await events.open(one))!.event));
};
const rows = async (table: string) => (await ports.database.query(`select * from authentication.${table}`)).rows;
const fresh = async ({ id }: Registration, { cookie }: { cookie: string }) => {
  const again = await parts().registrations.ofBrowser(request(cookie), 'u1');
  expect(again?.id).toBe(id);
  return again!;
};

describe('a registration', () => {
  it('makes an account with its password when the mailed code is entered', async () => {
    const { registration, code } = await begun();
    expect(await parts().register.byCode(registration, code!)).toEqual(accountOf(registration));
    expect(await streamOf(registration.accountId)).toEqual([
      { type: 'AccountRegistered', data: { email: 'ann@example.com', firstName: 'Ann', lastName: 'Arbor', locale: 'en', registrationId: registration.id } },
      { type: 'PasswordSet', data: { credentialId: uuidv5('credential', registration.id), reason: 'registration' } },
    ]);
    expect(await parts().logins.find('ANN@EXAMPLE.COM')).toBe(registration.accountId);
    expect((await new Credentials(ports).of(uuidv5('credential', registration.id)))?.hash).toBe('hash of seven quiet lemons');
  });

  it('makes nothing before the code is right', async () => {
    const { registration, code } = await begun();
    expect(await parts().register.byCode(registration, code === '000000' ? '111111' : '000000')).toBeUndefined();
    expect(await streamOf(registration.accountId)).toEqual([]);
    expect(await rows('logins')).toEqual([]);
  });

  it('keeps nothing that was typed once the account is made, and tells the browser that began', async () => {
    const one = await begun();
    await parts().register.byCode(one.registration, one.code!);
    expect(await fresh(one.registration, one)).toMatchObject({ done: true, registrant: undefined });
    expect(await rows('registrations')).toMatchObject([{ sealed: Buffer.alloc(0) }]);
    expect(await parts().registrations.ofLink(one.link!)).toMatchObject({ done: true });
  });

  it('names nobody in its row', async () => {
    await begun();
    const row = JSON.stringify(await rows('registrations'), (_, value: unknown) => (value instanceof Object && 'type' in value && value.type === 'Buffer' ? Buffer.from((value as unknown as { data: number[] }).data).toString('latin1') : value));
    for (const word of ['ann@example.com', 'Arbor', 'hash of']) expect(row).not.toContain(word);
  });

  it('abuse 58: belongs to the browser that began', async () => {
    const { cookie } = await begun();
    const { registrations } = parts();
    expect(await registrations.ofBrowser(request(), 'u1')).toBeUndefined();
    expect(await registrations.ofBrowser(request(`${cookie}x`), 'u1')).toBeUndefined();
    expect(await registrations.ofBrowser(request(cookie), 'u2')).toBeUndefined();
  });

  it('abuse 57: is completed elsewhere by the link only with the password that was chosen', async () => {
    const { link } = await begun();
    const { register, registrations } = parts();
    const registration = (await registrations.ofLink(link!))!;
    expect(await register.byLink(registration, 'somebody else', '192.0.2.9')).toBeUndefined();
    expect(await rows('logins')).toEqual([]);
    expect(await register.byLink(registration, person.password, '192.0.2.9')).toEqual(accountOf(registration));
  });

  it('abuse 54: counts the password behind the link for this registration alone, which only who has the mail can try', async () => {
    const { link } = await begun();
    const registration = (await parts().registrations.ofLink(link!))!;
    wait = 90;
    expect(await parts().register.byLink(registration, person.password, '192.0.2.9')).toEqual({ wait: 90 });
    expect(counted.at(-1)).toEqual(['link', { login: registration.id, address: '192.0.2.9' }]);
  });

  it('abuse 54: when others asked too often does the same work, mails nobody, and no code of it fits', async () => {
    held = true;
    const response = new ServerResponse(request());
    expect(await parts().register.begin(response, person, { interaction: 'u1', address: '192.0.2.1' })).toBeUndefined();
    expect(mails).toEqual([expect.objectContaining({ account: NOBODY })]);
    const registration = (await parts().registrations.ofBrowser(request(String(response.getHeader('set-cookie')).split(';')[0]!), 'u1'))!;
    const [code, link] = [/\b\d{6}\b/.exec(mails[0]!.text)![0], /register\/([\w-]+)/.exec(mails[0]!.text)![1]!];
    expect(await parts().register.byCode(registration, code)).toBeUndefined();
    expect(await parts().registrations.ofLink(link)).toBeDefined();
  });

  it('abuse 54: when others asked too often and mail is asked for again, code and link that were mailed stay good', async () => {
    const one = await begun();
    held = true;
    expect(await parts().register.again(one.registration, '192.0.2.1')).toBeUndefined();
    expect(mails.at(-1)).toMatchObject({ account: NOBODY });
    held = false;
    expect(await parts().registrations.ofLink(one.link!)).toMatchObject({ id: one.registration.id });
    expect(await parts().register.byCode(one.registration, one.code!)).toEqual(accountOf(one.registration));
  });

  it('abuse 54: when others tried too many codes none fits, and the right one is not used up', async () => {
    const { registration, code } = await begun();
    expect(await parts().register.byCode(registration, code!, { held: true })).toBeUndefined();
    expect(await parts().register.byCode(registration, code!)).toEqual(accountOf(registration));
  });

  it('mails again with another code and another link, and those before are dead', async () => {
    const one = await begun();
    await parts().register.again(one.registration, '192.0.2.1');
    const mail = mails.at(-1)!;
    expect(await parts().registrations.ofLink(one.link!)).toBeUndefined();
    const [code, link] = [/\b\d{6}\b/.exec(mail.text)![0], /register\/([\w-]+)/.exec(mail.text)![1]!];
    expect(await parts().registrations.ofLink(link)).toMatchObject({ id: one.registration.id });
    if (code !== one.code) expect(await parts().register.byCode(one.registration, one.code!)).toBeUndefined();
    expect(await parts().register.byCode(one.registration, code)).toEqual(accountOf(one.registration));
  });

  it('does no work once enough mails went to the address', async () => {
    wait = 600;
    expect(await parts().register.begin(new ServerResponse(request()), person, { interaction: 'u1', address: '192.0.2.1' })).toBe(600);
    expect([hashed, mails.length, (await rows('registrations')).length]).toEqual([0, 0, 0]);
  });

  it('abuse 52: of a known address does the same work, and every code fails alike', async () => {
    const first = await begun();
    await parts().register.byCode(first.registration, first.code!);
    const before = hashed;
    const second = await begun({ email: 'Ann@Example.com' });
    expect(hashed).toBe(before + 1);
    expect(second.registration).toMatchObject({ done: false, confirmed: false });
    expect([second.code, second.link]).toEqual([undefined, undefined]);
    expect(second.mail.text).toContain('https://id.example/account');
    for (let tries = 0; tries < 6; tries += 1) expect(await parts().register.byCode(second.registration, `${tries}00000`)).toBeUndefined();
    expect(await rows('logins')).toHaveLength(1);
  });

  it('abuse 52: of a known address makes no second account even if its code were guessed', async () => {
    const first = await begun();
    await parts().register.byCode(first.registration, first.code!);
    const second = await begun();
    const code = await parts().codes.issue('register', second.registration.id);
    expect(await parts().register.byCode(second.registration, code)).toBe('taken');
    expect(await streamOf(second.registration.accountId)).toEqual([]);
  });

  it('abuse 60: fifty at once for one address, in many forms of it, make one account', async () => {
    const forms = ['zoë@bücher.example', 'ZOË@BÜCHER.EXAMPLE', 'Zoe\u0308@bücher.example', 'zoë@xn--bcher-kva.example', 'ｚoë＠bücher.example'];
    const all = [];
    for (let index = 0; index < 50; index += 1) all.push(await begun({ email: forms[index % forms.length]! }));
    const answers = await Promise.all(all.map(({ registration, code }) => parts().register.byCode(registration, code!)));
    expect(answers.filter((answer) => typeof answer === 'object')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'taken')).toHaveLength(49);
    const streams = await Promise.all(all.map(({ registration }) => streamOf(registration.accountId)));
    expect(streams.filter((stream) => stream.length > 0)).toHaveLength(1);
    expect(await rows('logins')).toMatchObject([{ pending_until: null }]);
  });

  it('is completed once when code and link are used at the same time', async () => {
    const { registration, code, link } = await begun();
    const byLink = (await parts().registrations.ofLink(link!))!;
    const answers = await Promise.all([parts().register.byCode(registration, code!), parts().register.byLink(byLink, person.password, '192.0.2.9')]);
    expect(answers).toEqual([accountOf(registration), accountOf(registration)]);
    expect(await streamOf(registration.accountId)).toHaveLength(2);
  });
});

describe('a registration that fails because something is away', () => {
  it('goes on with the same code, or without one, as soon as it is back', async () => {
    const one = await begun();
    const working = store.append;
    Object.assign(store, { append: async () => Promise.reject(new Unavailable('the event store')) });
    await expect(parts().register.byCode(one.registration, one.code!)).rejects.toThrow('the event store');
    Object.assign(store, { append: working });
    expect(await parts().register.byCode(await fresh(one.registration, one), one.code!)).toEqual(accountOf(one.registration));
  });
});

describe('a process that dies', () => {
  it('after the code was taken leaves a registration that goes on without it', async () => {
    const one = await begun();
    const { register, registrations, codes } = parts();
    expect(await registrations.confirm(one.registration.id, (tx) => codes.check('register', one.registration.id, one.code!, tx))).toBe(true);
    expect(await registrations.take(one.registration.id)).toBe(true);
    await expect(register.byCode(await fresh(one.registration, one), '')).rejects.toThrow('being completed'); // somebody may be at it still
    await ports.database.query("update authentication.registrations set taken_until = taken_until - interval '11 s'");
    expect(await register.byCode(await fresh(one.registration, one), '')).toEqual(accountOf(one.registration));
  });

  it('after the address was reserved leaves an address that its registration still gets', async () => {
    const { registration, code } = await begun();
    await parts().logins.reserve(person.email, registration.accountId, registration.id);
    expect(await parts().register.byCode(registration, code!)).toEqual(accountOf(registration));
  });

  it('after the events were appended leaves an account that the repeat finds', async () => {
    const { registration } = await begun();
    const asked = { id: registration.id, accountId: registration.accountId, registrant: registration.registrant!, actor: registration.accountId };
    await parts().accounts.make(asked);
    await ports.database.query('update authentication.logins set pending_until = clock_timestamp()');
    expect(await parts().accounts.make(asked)).toMatchObject({ made: true });
    expect(await streamOf(registration.accountId)).toHaveLength(2);
    expect(await parts().logins.find(person.email)).toBe(registration.accountId);
  });
});

describe('the sweeper', () => {
  const stale = () => ports.database.query("update authentication.logins set pending_until = clock_timestamp() - interval '1 second'");

  it('closes the stream of a reservation that was left behind, then frees its address', async () => {
    const { registration, code } = await begun();
    await parts().logins.reserve(person.email, registration.accountId, registration.id);
    await stale();
    expect(await parts().accounts.sweep()).toBe(1);
    expect(await streamOf(registration.accountId)).toEqual([{ type: 'RegistrationAbandoned', data: { registrationId: registration.id } }]);
    expect(await rows('logins')).toEqual([]);
    expect(await parts().register.byCode(registration, code!)).toBe('abandoned');
    expect(await rows('logins')).toEqual([]);
  });

  it('leaves the address to an account that was made after all', async () => {
    const { registration } = await begun();
    await parts().accounts.make({ id: registration.id, accountId: registration.accountId, registrant: registration.registrant!, actor: registration.accountId });
    await stale();
    await parts().accounts.sweep();
    expect(await parts().logins.find(person.email)).toBe(registration.accountId);
    expect(await streamOf(registration.accountId)).toHaveLength(2);
  });

  it('leaves alone what is not over', async () => {
    await parts().logins.reserve(person.email, 'a1', 'r1');
    expect(await parts().accounts.sweep()).toBe(0);
    expect(await rows('logins')).toHaveLength(1);
  });

  it('and a registration at the same moment agree on one of the two', async () => {
    for (let round = 0; round < 20; round += 1) {
      const email = `round${round}@example.com`;
      const { registration, code } = await begun({ email });
      await parts().logins.reserve(email, registration.accountId, registration.id);
      await ports.database.query('update authentication.logins set pending_until = clock_timestamp() where account = $1', [registration.accountId]);
      const [answer] = await Promise.all([parts().register.byCode(registration, code!), parts().accounts.sweep()]);
      const [first] = await streamOf(registration.accountId);
      expect(first?.type).toBe(answer === 'abandoned' ? 'RegistrationAbandoned' : 'AccountRegistered');
      expect(await parts().logins.find(email)).toBe(answer === 'abandoned' ? undefined : registration.accountId);
    }
  });
});

describe('an account that nobody registers', () => {
  const given = { email: 'admin@example.com', password: 'correct horse battery' };

  it('is made once with its role, however often it is asked for', async () => {
    await createAccount(ports, given);
    await createAccount(ports, given);
    const accountId = (await parts().logins.find(given.email))!;
    expect((await streamOf(accountId)).map(({ type }) => type)).toEqual(['AccountRegistered', 'PasswordSet', 'RoleAssigned']);
  });

  it('does not get a role back that was taken away', async () => {
    await createAccount(ports, given);
    const accountId = (await parts().logins.find(given.email))!;
    const at = '2026-02-03T04:05:06.007Z';
    await ports.handler(account).handle(`account-${accountId}`, { type: 'RemoveRole', id: '0b0a5c1e-2c44-4f1c-9d5f-3d1d35d4a00f', at, role: 'admin' }, { actor: 'test', correlation: 'test', subject: accountId });
    await createAccount(ports, given);
    expect((await streamOf(accountId)).slice(-2).map(({ type }) => type)).toEqual(['RoleRemoved', 'AccessRevoked']);
  });
});
