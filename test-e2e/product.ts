import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testServer } from '../tools/engines/eventstoredb.js';
import type { TestServer } from '../tools/engines/eventstoredb.js';
import { tied } from '../tools/test/tied.mjs';

const main = fileURLToPath(new URL('../services/embedded/dist/main.js', import.meta.url));

/** What `admin.json` says (the parts that tests use). */
export type Admin = Readonly<{ issuer: string; email: string; password: string; client_id: string; client_secret: string }>;

/** A running product that tests reach over HTTP alone. */
export type Product = Readonly<{
  origin: string;
  issuer: string;
  sample: string;
  operations: string;
  dataDir: string;
  /** Undefined: the events lie in the database. */
  eventStoreUrl: string | undefined;
  admin: Admin;
  /** The Node process of the product. */
  child: ChildProcess;
  /** What it printed so far (the newest 50,000 characters). */
  printed(): string;
  /** Ends it with SIGTERM and waits; `keep` leaves the data folder for another start. */
  stop(options?: { keep?: boolean }): Promise<void>;
}>;

export type Ports = Readonly<{ port: number; operations: number; sample: number }>;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Three ports that nobody used a moment ago. */
export const freePorts = async (): Promise<Ports> => ({ port: await freePort(), operations: await freePort(), sample: await freePort() });

/** A data folder that the database's own user may pass through. */
export function newDataDir(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'symbolon-e2e-'));
  chmodSync(dataDir, 0o711);
  return dataDir;
}

const ended = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function untilReady(url: string, child: ChildProcess, printed: () => string): Promise<void> {
  for (const until = Date.now() + 90_000; Date.now() < until; ) {
    if (ended(child)) throw new Error(`the product ended while starting:\n${printed()}`);
    if (await fetch(url).then((answer) => answer.ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the product was not ready in time:\n${printed()}`);
}

const eventStores = new Map<string, TestServer>();

/** With `SYMBOLON_TEST_PRODUCT_ON=eventstoredb` each data folder has a server of its own, which outlives the product as long as the folder is kept. */
async function eventStore(dataDir: string): Promise<Record<string, string>> {
  if (process.env['SYMBOLON_TEST_PRODUCT_ON'] !== 'eventstoredb') return {};
  let server = eventStores.get(dataDir);
  if (!server) {
    server = await testServer();
    eventStores.set(dataDir, server);
    await server.start();
  }
  return { SYMBOLON_EVENT_STORE_URL: server.url };
}

/** Starts the embedded product; throws with what it printed when it does not become ready. */
export async function startProduct({ dataDir = newDataDir(), ports, environment = {} }: { dataDir?: string; ports?: Ports; environment?: Record<string, string> } = {}): Promise<Product> {
  const at = ports ?? (await freePorts());
  // a busy machine may be slow, which no test is about unless it says so
  const all: Record<string, string> = { SYMBOLON_REQUEST_DEADLINE: '30000', ...(await eventStore(dataDir)), ...environment };
  const log = all['SYMBOLON_EVENT_STORE_URL'] ?? 'postgres:';
  const child = spawn(...tied(process.execPath, [main]), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', SYMBOLON_DATA_DIR: dataDir, SYMBOLON_PORT: `${at.port}`, SYMBOLON_OPERATIONS_PORT: `${at.operations}`, SYMBOLON_SAMPLE_PORT: `${at.sample}`, ...all },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-50_000)));
  const operations = `http://127.0.0.1:${at.operations}`;
  await untilReady(`${operations}/readyz`, child, () => output).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  const admin = JSON.parse(readFileSync(join(dataDir, 'admin.json'), 'utf8')) as Admin;
  return {
    origin: new URL(admin.issuer).origin,
    issuer: admin.issuer,
    sample: `http://localhost:${at.sample}`,
    operations,
    dataDir,
    eventStoreUrl: log === 'postgres:' ? undefined : log,
    admin,
    child,
    printed: () => output,
    async stop({ keep = false } = {}) {
      if (!ended(child)) {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await gone;
      }
      if (keep) return;
      await eventStores.get(dataDir)?.close();
      eventStores.delete(dataDir);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** An access token of the machine client for our own APIs. */
export async function machineToken({ issuer, admin }: Pick<Product, 'issuer' | 'admin'>, scope: string): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${encodeURIComponent(admin.client_id)}:${encodeURIComponent(admin.client_secret)}`).toString('base64')}`;
  const answer = await fetch(`${issuer}/token`, { method: 'POST', headers: { authorization }, body: new URLSearchParams({ grant_type: 'client_credentials', scope }) });
  if (!answer.ok) throw new Error(`no machine token: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}
