import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'pg-connection-string';
import { table } from '@symbolon/event-sourcing';
import { migrate, postgresBus, postgresEventStore, postgresProgress } from '@symbolon/postgres';
import type { BusUnderTest, ForeignFollower, ProgressUnderTest, StoreUnderTest } from '../src/index.js';
import { tcpLink } from '../src/index.js';
import { testDatabase, type TestDatabase } from '../../../tools/engines/postgres.js';
import { tied } from '../../../tools/test/tied.mjs';

const DEADLINE = 1_000;
const READ_TABLE = table('conformance.rows_v1', ['id']);

const migrated = async (): Promise<TestDatabase> => {
  const database = await testDatabase();
  const migrations = pathToFileURL(`${mkdtempSync(join(tmpdir(), 'symbolon-conformance-'))}/`);
  await migrate({ url: database.url, secret: database.secret, services: [{ name: 'conformance', migrations, categories: ['alpha', 'beta', 'gamma'] }] });
  return database;
};

/** The same address by way of a link. An embedded server listens on a Unix socket only. */
const linked = async (url: string) => {
  const { host, port, user, password, database } = parse(url);
  const number = Number(port || 5432);
  const link = await tcpLink(host?.startsWith('/') ? { path: `${host}/.s.PGSQL.${number}` } : { host: host ?? '127.0.0.1', port: number });
  return { link, url: `postgres://${encodeURIComponent(user ?? '')}:${encodeURIComponent(password ?? '')}@127.0.0.1:${link.port}/${database}` };
};

/** A fresh database and three stores of it. */
export const postgresStoreUnderTest = async (): Promise<StoreUnderTest> => {
  const database = await migrated();
  const { link, url } = await linked(database.url);
  const [store, another, remote] = [postgresEventStore({ url: database.url }), postgresEventStore({ url: database.url }), postgresEventStore({ url, deadline: DEADLINE })];
  return { store, another, remote, link, close: () => closeAll([store, another, remote, link, database]) };
};

/** A fresh database and three buses of it. */
export const postgresBusUnderTest = async (): Promise<BusUnderTest> => {
  const database = await migrated();
  const { link, url } = await linked(database.url);
  const [bus, another, remote] = [postgresBus({ url: database.url }), postgresBus({ url: database.url }), postgresBus({ url, deadline: DEADLINE })];
  return { bus, another, remote, link, close: () => closeAll([bus, another, remote, link, database]) };
};

/** A fresh database with a read table, and two clients of it under the service's role. */
export const postgresProgressUnderTest = async (): Promise<ProgressUnderTest> => {
  const database = await migrated();
  const owner = database.database();
  await owner.query(`create table ${READ_TABLE.name} (id text primary key, a integer, b integer)`);
  await owner.query(`grant select, insert, update, delete on ${READ_TABLE.name} to ${database.roleName('conformance')}`);
  const [one, two] = ['conformance', 'conformance'].map((role) => postgresProgress({ database: database.database(role), schema: 'conformance' }));
  return {
    progress: one!,
    another: two!,
    table: READ_TABLE,
    lease: 4_000,
    rows: async () => (await owner.query(`select * from ${READ_TABLE.name}`)).rows,
    foreign: (subscription) => foreign({ url: database.roleUrl('conformance'), schema: 'conformance', subscription, table: READ_TABLE }),
    close: () => database.close(),
  };
};

/** It is given a password: not as an argument, which everybody on the machine can read. Standing still or not, it ends with this process. */
const foreign = (given: object): Promise<ForeignFollower> =>
  new Promise((resolve, reject) => {
    const script = new URL('./foreign-follower.mjs', import.meta.url);
    const child = spawn(...tied(process.execPath, [script.pathname]), { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, FOLLOWER: JSON.stringify(given) } });
    let said = '';
    const ended = new Promise<string>((done) => child.on('exit', (code) => done(said.includes('fenced') ? 'fenced' : `exit ${code}`)));
    child.on('error', reject);
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('leads')) setTimeout(() => resolve({ stop: () => void child.kill('SIGSTOP'), resume: () => void child.kill('SIGCONT'), kill: () => void child.kill('SIGKILL'), ended }), 100);
    });
  });

const closeAll = async (all: readonly { close(): Promise<void> }[]): Promise<void> => {
  for (const each of all) await each.close();
};
