import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryVault } from '@symbolon/vault';
import type { Database } from '@symbolon/postgres';
import type { Configuration, Ports } from '@symbolon/web';
import { mailServer } from '../../../../tools/engines/mail-server.js';
import type { MailServer, Says } from '../../../../tools/engines/mail-server.js';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import type { Deliver } from './delivery.js';
import { delivery } from './delivery.js';
import { mailFigures, mailsGivenUp } from './given-up.query.js';
import { mailWorker, sendNext, sweepMails } from './mail.worker.js';
import { Mails } from './mails.js';
import type { QueuedMail } from './mails.js';

let engine: TestDatabase;
let database: Database;
let ports: Pick<Ports, 'configuration' | 'database' | 'vault' | 'log' | 'woken'>;
let logged: object[];
let server: MailServer | undefined;
let stop: AbortController;
let running: Promise<void> | undefined;

beforeAll(async () => {
  engine = await testDatabase();
  database = engine.database();
  await database.query('create schema authentication');
  for (const file of ['0002_clients_and_claims', '0011_throttle', '0013_mails', '0060_mail_lanes']) await database.query(readFileSync(new URL(`../../migrations/${file}.sql`, import.meta.url), 'utf8'));
}, 60_000);
afterAll(() => engine?.close());

beforeEach(async () => {
  await database.query('truncate authentication.mails, authentication.attempts, authentication.accounts_v1');
  [logged, stop, running] = [[], new AbortController(), undefined];
  const configuration = { origin: 'http://localhost:3000', smtpUrl: undefined, mailFrom: 'id@example.com', keys: { pepper: Buffer.alloc(32, 1) } } as unknown as Configuration;
  ports = { database, vault: memoryVault(), configuration, woken: () => new Promise((resolve) => setTimeout(resolve, 20)), log: { debug: () => undefined, info: () => undefined, error: () => undefined, warn: (fields: object, message: string) => void logged.push({ ...fields, message }) } };
});
afterEach(async () => {
  stop.abort();
  await running;
  await server?.close();
  server = undefined;
});

const queue = (to: string, over: Partial<QueuedMail> = {}) => new Mails(ports).queue({ to, subject: to, text: 'It is 123456.', ...over } as QueuedMail);
const rows = async () => (await database.query<{ attempts: number; done: boolean; given_up: string | null; answer: string | null; later: boolean; empty: boolean }>(
  'select attempts, done_at is not null as done, given_up, answer, next_at > clock_timestamp() as later, sealed is null as empty from authentication.mails order by seq')).rows;
const due = () => database.query('update authentication.mails set next_at = clock_timestamp() where done_at is null');

/** Until it is so, for as long as any machine may take. */
async function until(so: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 30_000; performance.now() < end; await new Promise((resolve) => setTimeout(resolve, 20))) if (await so()) return;
  throw new Error('it never came to that');
}

/** The receivers that a mail left to, in turn; those whose name begins with `stuck` never answer, and whoever waits is counted. */
function receivers() {
  const [sent, stuck]: [string[], string[]] = [[], []];
  const deliver: Deliver = async (_id, { to }) => {
    if (!to.startsWith('stuck')) return void sent.push(to);
    stuck.push(to);
    return new Promise((_resolve, reject) => stop.signal.addEventListener('abort', () => reject(new Error('stopped'))));
  };
  return { sent, stuck, deliver };
}
const work = (deliver: Deliver): void => void (running = mailWorker(ports, deliver).run(stop.signal));

/** Sends what is due over SMTP, one after the other. */
async function sendAll(says?: Says): Promise<MailServer> {
  server ??= await mailServer(says);
  const deliver = delivery({ ...ports, configuration: { ...ports.configuration, smtpUrl: server.url } });
  while (await sendNext(ports, deliver));
  return server;
}

describe('the mail worker', () => {
  it('abuse 106: a receiver that never answers holds nobody else’s mail', async () => {
    const { sent, stuck, deliver } = receivers();
    for (let index = 0; index < 5; index += 1) await queue(`stuck${index}@example.com`);
    await queue('ann@example.com');
    work(deliver);
    await until(() => sent.length === 1);
    expect([sent, stuck.length]).toEqual([['ann@example.com'], 5]);
  });

  it('abuse 106: nor does one over SMTP', async () => {
    server = await mailServer((line) => (line.startsWith('RCPT TO:<stuck') ? '' : undefined));
    for (let index = 0; index < 5; index += 1) await queue(`stuck${index}@example.com`);
    await queue('ann@example.com');
    work(delivery({ ...ports, configuration: { ...ports.configuration, smtpUrl: server.url } }));
    await until(() => server!.received.length === 1);
    expect((await rows()).filter(({ done }) => !done).map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1]);
  });

  it('abuse 106: many receivers that never answer hold up their own second attempts, and no new mail', async () => {
    const { sent, stuck, deliver } = receivers();
    for (let index = 0; index < 30; index += 1) await queue(`stuck${index}@example.com`);
    await database.query('update authentication.mails set attempts = 1');
    work(deliver);
    await until(() => stuck.length === 4);
    await queue('ann@example.com');
    await until(() => sent.length === 1);
    expect(stuck).toHaveLength(4);
  });

  it('keeps the order of one receiver, in all spellings, and sends others meanwhile', async () => {
    const sent: string[] = [];
    let fails = 1;
    const deliver: Deliver = async (_id, { to, subject }) => {
      if (to.toLowerCase().startsWith('ann') && fails-- > 0) throw new Error('later');
      sent.push(subject);
    };
    for (const [to, subject] of [['ann@example.com', 'first'], ['ANN@example.com', 'second'], ['bob@example.com', 'other'], ['ann@example.com', 'third']]) await queue(to!, { subject: subject! });
    while (await sendNext(ports, deliver));
    expect(sent).toEqual(['other']);
    await due();
    while (await sendNext(ports, deliver));
    expect(sent).toEqual(['other', 'first', 'second', 'third']);
  });

  it('of ten workers at once keeps the order too', async () => {
    const sent: string[] = [];
    const deliver: Deliver = async (_id, { subject }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      sent.push(subject);
    };
    for (let index = 0; index < 40; index += 1) await queue(`${index % 2 ? 'ann' : 'bob'}@example.com`, { subject: `${index % 2} ${String(index).padStart(2, '0')}` });
    await Promise.all(Array.from({ length: 10 }, async () => {
      while ((await rows()).some(({ done }) => !done)) await sendNext(ports, deliver);
    }));
    for (const who of ['0', '1']) {
      const theirs = sent.filter((subject) => subject.startsWith(who));
      expect(theirs).toHaveLength(20);
      expect(theirs).toEqual([...theirs].sort());
    }
  });

  it('gives a mail up at once when the answer is for good, and the log does not say to whom', async () => {
    await queue('ann@example.com');
    await queue('bob@example.com');
    await sendAll((line) => (line.startsWith('RCPT TO:<ann') ? '550 5.1.1 ann@example.com is nobody' : undefined));
    expect(await rows()).toMatchObject([{ attempts: 1, done: true, given_up: 'refused', answer: '550 5.1.1', empty: true }, { done: true, given_up: null, empty: true }]);
    expect(logged).toEqual([expect.objectContaining({ mail: expect.any(String), reason: 'refused', answer: '550 5.1.1' })]);
    expect(JSON.stringify(logged)).not.toContain('ann');
  });

  it('tries again later while what is in the mail is good, and then gives it up', async () => {
    await queue('ann@example.com', { goodFor: 10 });
    await sendAll(() => undefined);
    await database.query('truncate authentication.mails');
    await server!.close();
    server = undefined;
    await queue('ann@example.com', { goodFor: 10 });
    const says: Says = (line) => (line.startsWith('RCPT') ? '451 4.7.1 later, ann@example.com' : undefined);
    await sendAll(says);
    expect(await rows()).toMatchObject([{ attempts: 1, done: false, answer: '451 4.7.1', later: true, empty: false }]);
    await due();
    await sendAll(says);
    expect(await rows()).toMatchObject([{ attempts: 2, done: false, later: true }]);
    await database.query("update authentication.mails set next_at = clock_timestamp(), good_until = clock_timestamp() + interval '8 seconds'");
    await sendAll(says);
    expect(await rows()).toMatchObject([{ attempts: 3, done: true, given_up: 'not_in_time', answer: '451 4.7.1', empty: true }]);
    expect(logged.at(-1)).toMatchObject({ reason: 'not_in_time', message: expect.stringContaining('given up') });
    expect(JSON.stringify(logged)).not.toContain('ann');
  });

  it('waits longer after each attempt, and never more than a minute', async () => {
    await queue('ann@example.com');
    const waits: number[] = [];
    for (let index = 0; index < 6; index += 1) {
      await due();
      await sendNext(ports, () => Promise.reject(new Error('later')));
      const { rows: found } = await database.query<{ wait: number }>('select round(extract(epoch from next_at - clock_timestamp()))::int as wait from authentication.mails');
      waits.push(found[0]!.wait);
    }
    const most = [5, 10, 20, 40, 60, 60];
    for (const [index, wait] of waits.entries()) expect(wait).toBeLessThanOrEqual(most[index]!);
    expect(waits[4]).toBeGreaterThan(30);
  });

  it('sends no code that is dead, and lets the next mail pass it', async () => {
    await queue('ann@example.com', { subject: 'dead' });
    await database.query('update authentication.mails set good_until = clock_timestamp()');
    await queue('ann@example.com', { subject: 'alive' });
    const { received } = await sendAll();
    expect(received).toHaveLength(1);
    expect(received[0]).toContain('Subject: alive');
    await sweepMails(ports);
    expect(await rows()).toMatchObject([{ attempts: 0, done: true, given_up: 'not_in_time', empty: true }, { done: true, given_up: null }]);
  });

  it('gives up what only SMTPUTF8 could carry, with the reason', async () => {
    await queue('zoë@example.com');
    const { lines } = await sendAll();
    expect(lines.filter((line) => /^(MAIL|RCPT)/.test(line))).toEqual([]);
    expect(await rows()).toMatchObject([{ done: true, given_up: 'needs_smtputf8' }]);
  });

  it('abuse 54: one mailbox gets twelve mails an hour for new passwords, whatever tags its accounts have, and all others', async () => {
    for (let index = 0; index < 15; index += 1) {
      const email = await ports.vault.seal(`ann+${index}@example.com`, { event: '1', type: 'AccountRegistered', subject: `a${index}`, field: 'email' });
      await database.query('insert into authentication.accounts_v1 (account, email) values ($1, $2)', [`a${index}`, email]);
      await new Mails(ports).queue({ account: `a${index}`, subject: 'A new password', text: 'Hello', anybodys: true });
    }
    await new Mails(ports).queue({ account: 'a1', subject: 'Your code', text: 'Hello' });
    const { received } = await sendAll();
    expect(received.filter((text) => text.includes('A new password'))).toHaveLength(12);
    expect(received.filter((text) => text.includes('Your code'))).toHaveLength(1);
    expect((await rows()).filter(({ given_up }) => given_up === 'mailbox_full')).toHaveLength(3);
  });

  it('ends soon when it is told to, while a receiver does not answer', async () => {
    const deliver: Deliver = () => new Promise(() => undefined);
    await queue('ann@example.com');
    work(deliver);
    await until(async () => (await rows())[0]!.attempts === 1);
    stop.abort();
    await running;
    expect(await rows()).toMatchObject([{ done: false, later: true, empty: false }]);
  });
});

describe('the operator', () => {
  it('sees what was given up, by reason and answer, and never to whom', async () => {
    await queue('ann@example.com');
    await queue('zoë@example.com');
    await queue('bob@example.com');
    await sendAll((line) => (line.startsWith('RCPT TO:<ann') ? '550 no ann@example.com here' : undefined));
    const given = await mailsGivenUp(database);
    expect(given.map(({ reason, answer }) => [reason, answer])).toEqual([['needs_smtputf8', null], ['refused', '550']]);
    expect(given[0]).toMatchObject({ id: expect.any(String), attempts: 1, givenUpAt: expect.stringMatching(/Z$/) });
    expect(JSON.stringify(given)).not.toMatch(/ann|zo/);
  });

  it('reads them in the metrics', async () => {
    await queue('ann@example.com');
    await sendAll(() => undefined);
    await queue('bob@example.com');
    await database.query("update authentication.mails set given_up = 'refused' where done_at is not null");
    const read = async (name: string) => mailFigures(database).find((figure) => figure.name === name)!.read();
    expect(await read('symbolon_mails_given_up')).toEqual([{ labels: { reason: 'refused' }, value: 1 }]);
    expect(await read('symbolon_mails_waiting')).toEqual([{ labels: {}, value: 1 }]);
  });
});
