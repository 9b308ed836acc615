import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Unavailable } from '@symbolon/event-sourcing';
import { testServer } from '../../../tools/engines/eventstoredb.js';
import type { TestServer } from '../../../tools/engines/eventstoredb.js';
import { parseAddress } from './address.js';
import { eventStoreDB } from './event-store.js';
import { Administration } from './setup-http.js';
import { setUpEventStoreDB } from './setup.js';
import type { SetUp, SetupOptions } from './setup.js';
import { eventStoreDBWholeLog } from './whole-log.js';

const GUARD = 120_000;
const PASSWORD = /^esdb:\/\/symbolon:(?<password>[\w-]{43})@/;
const immediately = <T>(_: string, work: () => Promise<T>): Promise<T> => work();

/** A server that was just made knows its administrator a moment later. */
async function started(tls: boolean): Promise<TestServer> {
  const server = await testServer({ tls });
  await server.start();
  if (tls) for (let left = 300; left > 0 && !(await new Administration(parseAddress(server.url)).users().then(() => true, () => false)); left -= 1) await sleep(100);
  return server;
}

const setUp = (server: TestServer, options: Partial<SetupOptions> = {}): Promise<SetUp> => setUpEventStoreDB({ admin: server.url, user: 'symbolon', newPassword: false, takeOver: false, inUse: undefined, ...options }, immediately);

/** As an administrator, past the adapter. */
async function asAdmin<T>(server: TestServer, work: (client: EventStoreDBClient, options: { credentials: { username: string; password: string } }) => Promise<T>): Promise<T> {
  const { hosts, certificate, credentials } = parseAddress(server.url);
  const client = new EventStoreDBClient({ endpoint: hosts[0]! }, { insecure: false, rootCertificate: certificate! }, credentials);
  try {
    return await work(client, { credentials });
  } finally {
    await client.dispose();
  }
}

describe('the setup of a server that asks for users', () => {
  let server: TestServer;
  let first: SetUp;
  beforeAll(async () => {
    server = await started(true);
    first = await setUp(server);
  }, GUARD);
  afterAll(() => server?.close());

  it('makes a user who can append, read and follow, and says what was changed, tried and lacks', () => {
    expect(first).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+/), isInsecure: false, address: expect.stringMatching(PASSWORD) });
    expect(first.changed).toEqual(expect.arrayContaining(['symbolon and $admins may read the whole log (before: $admins)', 'symbolon and $admins may write user streams (before: everybody)', 'the user symbolon was made, in a group of its own']));
    expect(first.tried).toEqual([
      'symbolon may append, read, read the whole log, follow the log; and may not delete a stream, set the rights of a stream, change the settings, read the streams of users',
      'Somebody without a password may do nothing of that',
      'Another user may do nothing of that',
    ]);
    expect(first.lacks.join('\n')).toMatch(/MemDb[\s\S]*user admin has the password[\s\S]*user ops has the password/);
  });

  it('leaves no event in the log, so that another may be copied into it', async () => {
    const log = eventStoreDBWholeLog(server.url);
    for await (const event of log.read()) throw new Error(`${event.stream} was left behind`);
    await log.close();
    expect((await new Administration(parseAddress(server.url)).users()).map(({ loginName, groups }) => [loginName, groups])).toEqual(expect.arrayContaining([['symbolon', ['symbolon']]]));
    expect((await new Administration(parseAddress(server.url)).users()).map(({ loginName }) => loginName).sort()).toEqual(['admin', 'ops', 'symbolon']);
  });

  it('lets the product work as that user', async () => {
    const store = eventStoreDB({ url: first.address!, deadline: 10_000 });
    const stream = `alpha-${randomUUID()}` as const;
    const { position } = (await store.append({ stream, expected: -1n, events: [{ id: randomUUID(), type: 'symbolon.test.v1.Happened', metadata: Buffer.from('{}'), data: Buffer.from('{}') }] })) as { position: string };
    expect(await store.head()).toBe(position);
    const over = new AbortController();
    for await (const item of store.follow(['alpha'], undefined, over.signal)) if (!('passed' in item) && item.stream === stream) over.abort();
    await store.close();
  }, GUARD);

  it('changes nothing a second time, and says so', async () => {
    const before = await asAdmin(server, async (client, options) => last(client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1, ...options })));
    const again = await setUp(server);
    expect(again).toMatchObject({ changed: [], address: undefined });
    expect(again.tried[0]).toContain('was not tried: its password is not known here');
    expect(await setUp(server, { inUse: first.address })).toMatchObject({ changed: [], tried: [expect.stringMatching(/^symbolon may append/), expect.anything()] });
    expect(await asAdmin(server, async (client, options) => last(client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1, ...options })))).toEqual(before);
  }, GUARD);

  it.each([
    ['a wrong password', (url: string) => url.replace('changeit', 'hunter2'), 'refuses the user admin or its password'],
    ['a user without the right', (url: string) => url.replace('admin', 'ops'), 'is no administrator'],
    ['no authority', (url: string) => url.replace(/\?.*/, '').replace('changeit', 'hunter2'), 'tlsCAFile='],
    ['no TLS', (url: string) => url.replace(/\?.*/, '?tls=false').replace('changeit', 'hunter2'), 'leave tls=false away'],
    ['another port', (url: string) => url.replace(/:\d+\?/, ':1?').replace('changeit', 'hunter2'), 'does not answer'],
  ])('says the way out when it is given %s, and no password', async (_, spoil, sentence) => {
    const error = await setUp(server, { admin: spoil(server.url) }).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ name: 'Invalid', message: expect.stringContaining(sentence) });
    expect(inspect(error, { depth: 9 }).split('\n').filter((line) => !line.includes('.spec.ts')).join('\n')).not.toMatch(/hunter2|changeit/);
  }, GUARD);

  it('brings back the group of a user who was moved, and gives another password only when told to', async () => {
    const administration = new Administration(parseAddress(server.url));
    await administration.regroup('symbolon', ['symbolon', '$admins']);
    expect(await setUp(server, { inUse: first.address })).toMatchObject({ changed: ['the user symbolon is in the group symbolon alone (before: symbolon and $admins)'], address: undefined });
    const renewed = await setUp(server, { newPassword: true });
    expect(renewed.changed).toEqual([expect.stringContaining('new password')]);
    expect(renewed.address).not.toBe(first.address);
    await expect(setUp(server, { inUse: first.address })).rejects.toMatchObject({ name: 'Invalid', message: expect.stringContaining('--new-password') });
    const store = eventStoreDB({ url: first.address!, deadline: 5_000 });
    await expect(store.head()).rejects.toBeInstanceOf(Unavailable);
    await store.close();
  }, GUARD);

  it('keeps what else is in the settings, and names who else has rights', async () => {
    await asAdmin(server, (client, options) => client.appendToStream('$settings', jsonEvent({ type: '$settings', data: { $userStreamAcl: { $r: ['auditors', '$admins'] }, $systemStreamAcl: { $r: ['$admins', 'auditors'] }, other: 1 } }), options));
    const { changed, lacks } = await setUp(server, { takeOver: true });
    expect(changed).toEqual(expect.arrayContaining(['symbolon and $admins and auditors may read user streams (before: auditors and $admins)']));
    expect(lacks).toEqual(expect.arrayContaining([expect.stringContaining('auditors may read user streams'), expect.stringContaining("auditors may read the server's own streams")]));
    const kept = await asAdmin(server, async (client, options) => last(client.readStream('$settings', { direction: 'backwards', fromRevision: 'end', maxCount: 1, ...options })));
    expect(kept).toMatchObject({ data: { other: 1, $systemStreamAcl: { $r: ['$admins', 'auditors'] } } });
  }, GUARD);

  it('says when rights are too wide in spite of it', async () => {
    await asAdmin(server, (client, options) => client.appendToStream('$$$users', jsonEvent({ type: '$metadata', data: { $acl: { $r: ['$all'] } } }), options));
    await expect(setUp(server, { newPassword: true })).rejects.toMatchObject({ name: 'Invalid', message: expect.stringContaining('symbolon may read the streams of users, and should not') });
  }, GUARD);
});

describe('the setup', () => {
  let server: TestServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it('does not take the events of other programs from them unless it is told to', async () => {
    server = await started(true);
    await asAdmin(server, (client, options) => client.appendToStream('orders-1', jsonEvent({ type: 'OrderPlaced', data: {} }), { expectedRevision: NO_STREAM, ...options }));
    await expect(setUp(server)).rejects.toMatchObject({ name: 'Invalid', message: expect.stringContaining('orders-1') });
    expect((await new Administration(parseAddress(server.url)).users()).map(({ loginName }) => loginName)).not.toContain('symbolon');
    expect((await setUp(server, { takeOver: true })).address).toMatch(PASSWORD);
  }, GUARD);

  it('has no rights to set on an insecure server, and tries what it can', async () => {
    server = await started(false);
    expect(await setUp(server)).toMatchObject({ isInsecure: true, changed: [], tried: ['Anybody may do everything'], lacks: expect.arrayContaining([expect.stringContaining('The server is insecure')]), address: server.url });
  }, GUARD);
});

/** The one event that a read gives. */
async function last(events: AsyncIterable<{ event?: unknown }>): Promise<unknown> {
  for await (const { event } of events) return event;
  return undefined;
}
