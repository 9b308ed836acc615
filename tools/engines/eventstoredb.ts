import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tied } from '../test/tied.mjs';

/**
 * A program that runs one server in the foreground until it is killed: `<program> --port N [--mem | --db FOLDER] [--tls]`, on loopback.
 * With `--tls` its authority lies beside it, in `certs/ca/ca.crt`, and its administrator is `admin` with `changeit`. `SYMBOLON_TEST_EVENTSTOREDB_PROGRAM` names it; docs/eventstoredb.md says how such a program looks.
 */
const program = process.env['SYMBOLON_TEST_EVENTSTOREDB_PROGRAM'];

/** A server of a test's own, which it may kill, freeze and start again. */
export type TestServer = Readonly<{
  url: string;
  port: number;
  /** Resolves when it answers; on disk it comes back with what it had. */
  start(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** Resolves when the process has ended. */
  kill(name?: NodeJS.Signals): Promise<void>;
  /** From the next `start` on it keeps its events in another folder; answers its path. */
  use(name: string): string;
  close(): Promise<void>;
}>;

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });

/** Behind TLS a server is asked by whoever tests it. */
const isOpen = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => void socket.destroy()).on('close', (failed) => done(!failed)).on('error', () => undefined);
  });

/** Whether tests can have servers of their own here. */
export const hasServers = program !== undefined;

/** Makes a server, not yet started. `disk`: it keeps its events in a folder. `tls`: it asks for users, and its address names the administrator. */
export async function testServer({ disk = false, tls = false }: { disk?: boolean; tls?: boolean } = {}): Promise<TestServer> {
  if (program === undefined) throw new Error('SYMBOLON_TEST_EVENTSTOREDB_PROGRAM names no program');
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-test-eventstoredb-'));
  let db = join(folder, 'first');
  let child: ChildProcess | undefined;
  const kill = async (name: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((done) => running.once('exit', done));
    running.kill('SIGCONT');
    running.kill(name);
    await gone;
  };
  return {
    url: tls ? `esdb://admin:changeit@127.0.0.1:${port}?tlsCAFile=${join(dirname(program), 'certs/ca/ca.crt')}` : `esdb://127.0.0.1:${port}?tls=false`,
    port,
    start: async () => {
      child = spawn(...tied(program, ['--port', String(port), ...(disk ? ['--db', db] : ['--mem']), ...(tls ? ['--tls'] : [])]), { stdio: 'ignore' });
      for (let left = 600; left > 0; left -= 1) {
        if (await (tls ? isOpen(port) : fetch(`http://127.0.0.1:${port}/health/live`).then(({ ok }) => ok, () => false))) return;
        if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
        await sleep(100);
      }
      throw new Error('the server did not come up');
    },
    signal: (name) => void child?.kill(name),
    kill,
    use: (name) => (db = join(folder, name)),
    close: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
