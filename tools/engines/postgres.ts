import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { embeddedServer, pool, roleName, roleUrl } from '@symbolon/postgres';
import type { Pool } from '@symbolon/postgres';

/** A fresh database of a running PostgreSQL 18. `database()` is the owner's; with a role, that service's (after `migrate` with this `secret`). */
export type TestDatabase = Readonly<{ url: string; secret: string; roleUrl(role: string): string; roleName(role: string): string; database(role?: string): Pool; close(): Promise<void> }>;

const SECRET = 'of every test';
const folderOf = (pid: number) => join(tmpdir(), `symbolon-test-postgres-${pid}`);

/** The server of this process, which `SYMBOLON_TEST_POSTGRES` may name; else one is started, and the kernel stops it when this process ends. */
export const testServer = (): Promise<string> => (running ??= start());
let running: Promise<string> | undefined;

async function start(): Promise<string> {
  const given = process.env['SYMBOLON_TEST_POSTGRES'];
  if (given) return given;
  const address = join(folderOf(process.pid), 'address');
  if (existsSync(address)) return readFileSync(address, 'utf8'); // jest loads this file anew for each spec
  sweep();
  mkdirSync(folderOf(process.pid), { recursive: true });
  // what tests kill is the process, never the machine: without fsync nothing is lost by that, and they are twice as quick
  const { url } = await embeddedServer({ dataDir: folderOf(process.pid), settings: { fsync: 'off', max_connections: '200' } });
  writeFileSync(`${address}.new`, url, { mode: 0o600 });
  renameSync(`${address}.new`, address);
  return url;
}

/** Removes what processes of earlier runs left. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(/^symbolon-test-postgres-(\d+)$/.exec(name)?.[1]);
    if (!pid || (pid !== process.pid && existsSync(`/proc/${pid}`))) continue;
    rmSync(join(tmpdir(), name), { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Makes a database for one test file; `close` ends its pools and drops it. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await testServer();
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = pool({ url: server, max: 1, deadline: 30_000, transactionTimeout: '0' });
  await repeated(() => admin.query(`create database ${name} template template0`));
  const url = server.replace(/\/[^/?]*(\?|$)/, `/${name}$1`);
  const of = (role?: string) => (role === undefined ? url : roleUrl(url, role, SECRET));
  const pools: Pool[] = [];
  return {
    url,
    secret: SECRET,
    roleUrl: of,
    roleName: (role) => roleName(url, role),
    database: (role) => {
      const made = pool({ url: of(role) });
      pools.push(made);
      return made;
    },
    close: async () => {
      await Promise.all(pools.map((each) => each.close()));
      await admin.query(`drop database if exists ${name} with (force)`);
      const { rows } = await admin.query<{ role: string }>(`select quote_ident(rolname) as role from pg_roles where rolname like '%\\_${name.replace('_', '\\_')}'`);
      for (const { role } of rows) await admin.query(`drop role if exists ${role}`);
      await admin.close();
    },
  };
}

/** Two databases cannot be made from one template at the same moment. */
async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let left = 20; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left === 0 || (error as { code?: string }).code !== '55006') throw error;
      await sleep(100);
    }
  }
}
