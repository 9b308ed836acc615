import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sharingPooler } from '../../../tools/engines/sharing-pooler.js';
import { embeddedServer } from './embedded/server.js';
import type { EmbeddedServer } from './embedded/server.js';
import { pool } from './pool.js';
import type { Pool } from './pool.js';
import { checkServer } from './server-check.js';

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });

describe('a start on a database of somebody’s own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-check-'));
  let server: EmbeddedServer;
  let owner: Pool;
  let port: number;

  beforeAll(async () => {
    chmodSync(folder, 0o711);
    port = await freePort();
    server = await embeddedServer({ dataDir: folder, settings: { listen_addresses: '127.0.0.1', port: String(port), max_connections: '60', fsync: 'off' } });
    owner = pool({ url: at(), max: 1, transactionTimeout: '0' });
    for (const name of ['plain', 'fresh', 'standing']) await owner.query(`create database ${name} template template0`);
    await owner.query("create database latin encoding 'LATIN1' locale_provider libc locale 'C' template template0");
    await owner.query("create role modest login password 'modest'");
    await owner.query("create role eager login createrole password 'eager'");
    await owner.query('grant create on database plain to modest');
    await owner.query('alter database standing set default_transaction_read_only = on');
  }, 60_000);
  afterAll(async () => {
    await owner?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The server's address by TCP, with these parts in place of its own. */
  const at = (database = 'postgres', user?: string, more = '') => {
    const [, name, password] = /^postgres:\/\/([^:]+):([^@]+)@/.exec(server.url)!;
    return `postgres://${user ? `${user}:${user}` : `${name}:${password}`}@127.0.0.1:${port}/${database}${more}`;
  };
  const said = async (url: string, connections = 20): Promise<string> => {
    const refusal: unknown = await checkServer({ url, services: ['vault', 'consent'], connections }).catch((error: unknown) => error);
    return refusal instanceof Error ? `${refusal.name}: ${refusal.message}` : 'taken';
  };

  it('goes on where everything is as it should be, also for a user who is no superuser', async () => {
    expect(await said(at('fresh'))).toBe('taken');
    await owner.query('grant create on database fresh to eager');
    expect(await said(at('fresh', 'eager'))).toBe('taken');
  });

  it('says that the password is wrong', async () => {
    expect(await said(at('fresh').replace(/:[^:@/]+@/, ':wrong@'))).toMatch(/^ServerRefused: The database at 127\.0\.0\.1:\d+ refuses the user or the password\. Mend them in DATABASE_URL/);
  });

  it('says that the database is missing, and how to make it', async () => {
    expect(await said(at('nowhere'))).toMatch(/^ServerRefused: The server at \S+ has no database of that name\. Make it \(create database/);
  });

  it('says that the server takes no encrypted connections where TLS is asked for', async () => {
    expect(await said(at('fresh', undefined, '?sslmode=require'))).toMatch(/^ServerRefused: The database at \S+ takes no encrypted connections\. Turn ssl on there/);
  });

  it('says that the server takes encrypted connections only', async () => {
    const file = join(folder, 'postgres', 'pg_hba.conf');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace(/^host\b/gm, 'hostssl'));
    await owner.query('select pg_reload_conf()');
    let refusal = await said(at('fresh'));
    for (let tries = 0; refusal === 'taken' && tries < 100; tries++) refusal = await said(at('fresh')); // the server reads its rules in a moment
    writeFileSync(file, before);
    await owner.query('select pg_reload_conf()');
    expect(refusal).toMatch(/^ServerRefused: The database at \S+ takes encrypted connections only\. Add \?sslmode=require/);
    for (let tries = 0; (await said(at('fresh'))) !== 'taken' && tries < 100; tries++);
  });

  it('says that a server does not answer', async () => {
    expect(await said(`postgres://a:b@127.0.0.1:${await freePort()}/a`)).toMatch(/^ServerRefused: The database at \S+ does not answer\. Start it, or mend DATABASE_URL/);
  });

  it.each([
    ['in its host', 'postgres://a:b@one.example,two.example/symbolon'],
    ['in its host, with ports', 'postgres://a:b@one.example:5432,two.example:5433/symbolon'],
    ['as a parameter', 'postgres://a:b@/symbolon?host=one.example,two.example'],
  ])('refuses an address with several hosts %s, and names what follows the primary', async (_, url) => {
    expect(await said(url)).toMatch(/^ServerRefused: DATABASE_URL names several hosts, and Symbolon goes to one\. Name an address that follows the primary/);
  });

  it('says that the user may not make roles, or no schemas, with the statement that allows it', async () => {
    expect(await said(at('plain', 'modest'))).toMatch(/may not make roles.*alter role "modest" createrole;/);
    expect(await said(at('plain', 'eager'))).toMatch(/may not make schemas in plain.*grant create on database "plain" to "eager"/);
  });

  it('says that the encoding cannot hold every name', async () => {
    expect(await said(at('latin'))).toMatch(/^ServerRefused: The database latin at \S+ is encoded in LATIN1, which cannot hold every name\. Make one in UTF8/);
  });

  it('says that the database is read-only', async () => {
    expect(await said(at('standing'))).toMatch(/^ServerRefused: The database at \S+ is read-only: it is a standby, or default_transaction_read_only is on\. Name the primary/);
  });

  it('says that there are too few connections, and how many there should be', async () => {
    expect(await said(at('fresh'), 80)).toMatch(/^ServerRefused: The database at \S+ takes 57 connections, and this process may need 80\. Set max_connections to 100 or more/);
  });

  it.each([1, 2, 5])('finds out a pooler that gives each transaction one of %i connections (a stand-in)', async (size) => {
    const pooler = await sharingPooler(at('fresh'), size);
    try {
      expect(await said(pooler.url)).toMatch(/^ServerRefused: The address at \S+ leads to a pooler that gives each transaction another connection/);
    } finally {
      await pooler.close();
    }
  }, 60_000);
});
