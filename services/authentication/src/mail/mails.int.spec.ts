import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryVault } from '@symbolon/vault';
import type { Database } from '@symbolon/postgres';
import type { Configuration, Ports } from '@symbolon/web';
import { mailServer } from '../../../../tools/engines/mail-server.js';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { CaughtMails } from './caught-mails.js';
import { delivery } from './delivery.js';
import { mailWorker, sendNext } from './mail.worker.js';
import { Mails } from './mails.js';

type Needed = Pick<Ports, 'configuration' | 'database' | 'vault' | 'log' | 'woken'>;

let engine: TestDatabase;
let database: Database;
const warned: object[] = [];
const mail = { to: 'ann@example.com', subject: 'Your code', text: 'It is 123456.', html: '<p>It is 123456.</p>' };
const portsWith = (configuration: Partial<Configuration> = {}): Needed => ({
  database,
  vault: memoryVault(),
  woken: () => new Promise((resolve) => setTimeout(resolve, 20)),
  configuration: { origin: 'http://localhost:3000', smtpUrl: undefined, mailFrom: 'id@example.com', keys: { pepper: Buffer.alloc(32, 1) }, ...configuration } as Configuration,
  log: { debug: () => undefined, info: () => undefined, error: () => undefined, warn: (fields: object) => void warned.push(fields) },
});

beforeAll(async () => {
  engine = await testDatabase();
  database = engine.database();
  await database.query('create schema authentication');
  for (const file of ['0002_clients_and_claims', '0011_throttle', '0013_mails', '0060_mail_lanes']) await database.query(readFileSync(new URL(`../../migrations/${file}.sql`, import.meta.url), 'utf8'));
}, 60_000);
afterAll(() => engine?.close());
beforeEach(() => database.query('truncate authentication.mails, authentication.caught_mails'));

/** Sends what is due. */
async function sendAll(ports: Needed): Promise<void> {
  const deliver = delivery(ports);
  while (await sendNext(ports, deliver));
}

describe('mail', () => {
  it('is caught where no mail server is configured, newest first', async () => {
    const ports = portsWith();
    await new Mails(ports).queue(mail);
    await sendAll(ports);
    await new Mails(ports).queue({ ...mail, to: 'bob@example.com' });
    await sendAll(ports);
    const caught = new CaughtMails(ports);
    expect((await caught.list()).map(({ to }) => to)).toEqual(['bob@example.com', 'ann@example.com']);
    expect(await caught.list('ANN@example.com')).toEqual([{ ...mail, id: expect.any(String), at: expect.stringMatching(/^\d{4}-.*Z$/) }]);
    expect(await caught.one('nothing')).toBeUndefined();
  });

  it('to an account goes to the address that the account has when it is sent, and to nobody where there is no such account', async () => {
    const ports = portsWith();
    const account = 'a-1';
    await new Mails(ports).queue({ account, subject: 'To Ann', text: 'Hello' });
    await new Mails(ports).queue({ account: 'nobody', subject: 'To nobody', text: 'Hello' });
    const sealed = await ports.vault.seal('ann@example.com', { event: '1', type: 'AccountRegistered', subject: account, field: 'email' });
    await database.query('insert into authentication.accounts_v1 (account, email) values ($1, $2)', [account, sealed]);
    await sendAll(ports);
    expect((await new CaughtMails(ports).list()).map(({ to, subject }) => [to, subject])).toEqual([['ann@example.com', 'To Ann']]);
    expect((await database.query('select from authentication.mails where done_at is null or sealed is not null')).rowCount).toBe(0);
  });

  it('keeps the newest two hundred that were caught', async () => {
    const ports = portsWith();
    for (let index = 0; index < 203; index++) await new Mails(ports).queue({ ...mail, subject: String(index) });
    await sendAll(ports);
    expect(await new CaughtMails(ports).list()).toHaveLength(200);
  }, 60_000);

  it('is sent once by ten workers at once', async () => {
    const ports = portsWith();
    for (let index = 0; index < 10; index++) await new Mails(ports).queue(mail);
    await Promise.all(Array.from({ length: 10 }, () => sendAll(ports)));
    expect(await new CaughtMails(ports).list()).toHaveLength(10);
  });

  it('of all that are queued with one name, one is sent', async () => {
    const ports = portsWith();
    await Promise.all(Array.from({ length: 5 }, () => new Mails(ports).queue({ ...mail, dedupe: 'welcome ann' })));
    await sendAll(ports);
    await new Mails(ports).queue({ ...mail, dedupe: 'welcome ann' });
    await sendAll(ports);
    expect(await new CaughtMails(ports).list()).toHaveLength(1);
  });

  it.each([{ to: 'ann@example.com\r\nBcc: bob@example.com' }, { subject: 'Hello\nBcc: bob@example.com' }])('refuses a line end in a header: %j', async (over) => {
    await expect(new Mails(portsWith()).queue({ ...mail, ...over })).rejects.toThrow('line end');
  });

  it('cannot be read in the tables, and nothing of it stays when it is sent', async () => {
    const ports = portsWith();
    await new Mails(ports).queue(mail);
    const before = await database.query<{ sealed: Buffer }>('select sealed from authentication.mails');
    expect(before.rows[0]!.sealed.toString('latin1')).not.toMatch(/ann@|123456/);
    await sendAll(ports);
    expect((await database.query('select sealed from authentication.mails')).rows).toEqual([{ sealed: null }]);
  });

  it('goes over SMTP, with a Message-ID that stays the same', async () => {
    const server = await mailServer();
    const ports = portsWith({ smtpUrl: server.url });
    await new Mails(ports).queue({ ...mail, dedupe: 'one' });
    const { rows } = await database.query<{ id: string }>('select id from authentication.mails');
    await sendAll(ports);
    await server.close();
    expect(server.received).toHaveLength(1);
    expect(server.received[0]).toContain(`Message-ID: <${rows[0]!.id}@localhost>`);
    expect(server.received[0]).toContain('From: id@example.com');
    expect(server.received[0]).toContain('To: ann@example.com');
  });

  it('leaves through the worker until it is told to stop', async () => {
    const ports = portsWith();
    const stop = new AbortController();
    const running = mailWorker(ports).run(stop.signal);
    await new Mails(ports).queue(mail);
    while ((await new CaughtMails(ports).list()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    await running;
    expect(await new CaughtMails(ports).list()).toHaveLength(1);
  });
});
