import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { pool } from '../pool.js';
import { freeLockFile } from './lock-file.js';
import { embeddedServer } from './server.js';
import type { EmbeddedServer } from './server.js';

const folders: string[] = [];
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'symbolon-server-'));
  chmodSync(made, 0o711); // as root, the server's user passes through
  folders.push(made);
  return made;
};

async function ask<T extends object>(server: EmbeddedServer, text: string): Promise<T[]> {
  const asking = pool({ url: server.url, max: 1 });
  try {
    return (await asking.query<T>(text)).rows;
  } finally {
    await asking.close();
  }
}

describe('the embedded server', () => {
  afterAll(() => folders.forEach((each) => rmSync(each, { recursive: true, force: true })));

  it('keeps what was committed through a clean stop and through a kill of every process, and repairs itself', async () => {
    const dataDir = folder();
    const first = await embeddedServer({ dataDir });
    await ask(first, 'create table kept (a int)');
    await first.stop();
    await first.stop();
    const second = await embeddedServer({ dataDir });
    await ask(second, 'insert into kept values (1)');
    process.kill(second.pid, 'SIGKILL');
    await second.exited;
    const third = await embeddedServer({ dataDir });
    expect(await ask(third, 'select a from kept')).toEqual([{ a: 1 }]);
    await third.stop();
  }, 60_000);

  it('listens on no port where its folder’s path is short, and on loopback only where it is long', async () => {
    const short = await embeddedServer({ dataDir: folder() });
    expect(await ask(short, "select current_setting('listen_addresses') as at")).toEqual([{ at: '' }]);
    await short.stop();
    const long = await embeddedServer({ dataDir: join(folder(), 'x'.repeat(100)) });
    expect(await ask(long, "select current_setting('listen_addresses') as at")).toEqual([{ at: '127.0.0.1' }]);
    await long.stop();
  }, 60_000);

  it('writes no statement and no parameter into its log', async () => {
    const dataDir = folder();
    const server = await embeddedServer({ dataDir });
    await expect(ask(server, "select 'canary'::int")).rejects.toMatchObject({ code: '22P02' });
    const asking = pool({ url: server.url, max: 1 });
    await expect(asking.query('select $1::text::int', ['canary'])).rejects.toMatchObject({ code: '22P02' });
    await asking.close();
    await server.stop();
    expect(readFileSync(join(dataDir, 'postgres', 'server.log'), 'utf8')).not.toMatch(/canary/);
  }, 60_000);

  it('keeps its owner’s password to us', async () => {
    const dataDir = folder();
    await (await embeddedServer({ dataDir })).stop();
    expect(statSync(join(dataDir, 'postgres-owner')).mode & 0o777).toBe(0o600);
  }, 60_000);

  it('refuses a folder of another PostgreSQL, with the way out', async () => {
    const dataDir = folder();
    await (await embeddedServer({ dataDir })).stop();
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '15\n');
    await expect(embeddedServer({ dataDir })).rejects.toMatchObject({ name: 'EmbeddedServerRefused', rule: 'other_version', message: expect.stringContaining('SYMBOLON_DATA_DIR') });
  }, 60_000);
});

describe('a lock file that was left behind', () => {
  it.each([
    ['a process that is gone', 2 ** 22 - 1],
    ['another program', process.pid],
    ['nothing', 0],
  ])('is removed when it names %s', async (_, pid) => {
    const dir = folder();
    writeFileSync(join(dir, 'postmaster.pid'), `${pid || 'torn'}\n`);
    await freeLockFile(dir, 0);
    expect(statSync(join(dir, 'postmaster.pid'), { throwIfNoEntry: false })).toBeUndefined();
  });

  it('stays while its server lives: the folder is in use', async () => {
    const dataDir = folder();
    const server = await embeddedServer({ dataDir });
    await expect(freeLockFile(join(dataDir, 'postgres'), 100)).rejects.toMatchObject({ rule: 'data_in_use' });
    await server.stop();
  }, 60_000);
});
