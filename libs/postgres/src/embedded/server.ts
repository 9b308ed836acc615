import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, closeSync, existsSync, fchownSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverUser } from './account.js';
import { binaries } from './binaries.js';
import { ensureCluster, failure, OWNER, ownerPassword } from './cluster.js';
import { freeLockFile } from './lock-file.js';
import { EmbeddedServerRefused } from './refused.js';

/** `dataDir` exists already; `settings` are added to (and win over) those of a small installation. */
export type EmbeddedServerOptions = Readonly<{ dataDir: string; settings?: Readonly<Record<string, string>> }>;

/** A running server. `url` is the owner's. */
export type EmbeddedServer = Readonly<{
  url: string;
  pid: number;
  /** Resolves when the server is gone, whoever stopped it. */
  exited: Promise<void>;
  /** Clean stop; resolves when all is on disk. Repeatable. */
  stop(): Promise<void>;
}>;

/** A socket's path may have 107 bytes, of which `/.s.PGSQL.5432` takes 14. */
const LONGEST_SOCKET_FOLDER = 90;

const SMALL: Readonly<Record<string, string>> = {
  shared_buffers: '32MB',
  wal_buffers: '4MB',
  max_connections: '100',
  max_worker_processes: '1',
  max_parallel_workers: '0',
  max_logical_replication_workers: '0',
  max_wal_senders: '0',
  wal_level: 'minimal',
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  work_mem: '2MB',
  maintenance_work_mem: '32MB',
  jit: 'off',
  io_method: 'sync', // the default keeps three more processes
  autovacuum_max_workers: '1',
  huge_pages: 'off',
  log_min_messages: 'log', // no ERROR lines: their text quotes values
  log_parameter_max_length: '0', // parameters may be personal data
  log_parameter_max_length_on_error: '0',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse', // a DETAIL line quotes rows
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/**
 * Starts PostgreSQL 18 from npm in `<dataDir>/postgres`, repairing what a crash left, and makes the cluster on the first start. It runs as
 * `nobody` when we are root, is told to stop by the kernel when this process dies, and does not hear the terminal's Ctrl-C.
 */
export async function embeddedServer({ dataDir, settings = {} }: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const native = binaries();
  makePassable(dataDir);
  const dir = join(resolve(dataDir), 'postgres');
  const password = ownerPassword(dataDir);
  await ensureCluster(native, dir, password);
  const listen = await place(dir);
  const { child, gone } = await started(native, dir, { ...SMALL, ...listen.settings, ...settings });
  return {
    url: `postgres://${OWNER}:${password}@${listen.authority}/postgres${listen.query}`,
    pid: child.pid!,
    exited: gone,
    stop: () => stop(child, gone),
  };
}

type Started = Readonly<{ child: ChildProcess; gone: Promise<void> }>;

/** Children of a killed server take a moment to notice and keep its memory for so long: then once more. */
async function started(native: string, dir: string, settings: Readonly<Record<string, string>>): Promise<Started> {
  for (let left = 20; ; left--) {
    await freeLockFile(dir);
    const child = launch(native, dir, settings);
    const gone = exitOf(child);
    try {
      await ready(child, gone, dir);
      return { child, gone };
    } catch (error) {
      if (left === 0 || !(error instanceof EmbeddedServerRefused) || error.rule !== 'data_in_use') throw error;
      await sleep(250);
    }
  }
}

/** The folder is ours; as root, its server's user must pass through it, and reads nothing there but its own. */
function makePassable(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (serverUser() !== undefined) chmodSync(dataDir, (statSync(dataDir).mode & 0o777) | 0o011);
}

/** A socket in the cluster's own folder needs no free port and is closed to other users; where its path is too long, a port of loopback. */
async function place(dir: string): Promise<{ settings: Record<string, string>; authority: string; query: string }> {
  if (Buffer.byteLength(dir) <= LONGEST_SOCKET_FOLDER) return { settings: { listen_addresses: '', unix_socket_directories: dir }, authority: '', query: `?host=${encodeURIComponent(dir)}` };
  const port = await freePort();
  return { settings: { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '' }, authority: `127.0.0.1:${port}`, query: '' };
}

const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer().once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });

function launch(native: string, dir: string, settings: Readonly<Record<string, string>>): ChildProcess {
  const postgres = [join(native, 'bin', 'postgres'), '-D', dir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const user = serverUser();
  const setpriv = ['setpriv', '--pdeathsig', 'INT', ...(user === undefined ? [] : ['--reuid', String(user), '--regid', String(user), '--clear-groups'])];
  const [command, ...args] = process.platform === 'linux' ? [...setpriv, ...postgres] : postgres;
  const log = openSync(logOf(dir), 'w', 0o600);
  if (user !== undefined) fchownSync(log, user, user);
  try {
    // detached: in a session of its own, so that Ctrl-C reaches us and not the server while we still drain
    return spawn(command!, args, { stdio: ['ignore', log, log], detached: true, cwd: dir, env: { PATH: process.env['PATH'] } });
  } finally {
    closeSync(log);
  }
}

const logOf = (dir: string) => join(dir, 'server.log');

const exitOf = (child: ChildProcess): Promise<void> => new Promise((done) => child.once('exit', () => done()).once('error', () => done()));

/** The server writes `ready` into the last line of its lock file when it accepts connections. */
async function ready(child: ChildProcess, gone: Promise<void>, dir: string): Promise<void> {
  let over = false;
  void gone.then(() => (over = true));
  const file = join(dir, 'postmaster.pid');
  for (const until = Date.now() + 60_000; !over && Date.now() < until; await sleep(10)) {
    if (!existsSync(file)) continue;
    const lines = readFileSync(file, 'utf8').split('\n');
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready') {
      child.unref();
      return;
    }
  }
  child.kill('SIGQUIT');
  throw failure(statSync(logOf(dir), { throwIfNoEntry: false }) ? readFileSync(logOf(dir), 'utf8') : '', dir);
}

async function stop(child: ChildProcess, gone: Promise<void>): Promise<void> {
  child.ref(); // this process stays until the server is down
  for (const [signal, patience] of [['SIGINT', 10_000], ['SIGQUIT', 3_000], ['SIGKILL', 3_000]] as const) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await Promise.race([gone, sleep(patience, undefined, { ref: false })]);
  }
}
