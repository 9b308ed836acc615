import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, lchownSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, statSync, symlinkSync, chmodSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { tied } from '../test/tied.mjs';

const house = process.cwd();
const HER = 1000;
const NOBODY = 65_534;
const folder = mkdtempSync(join(tmpdir(), 'symbolon-owner-'));
chmodSync(folder, 0o755);
const clone = join(folder, 'clone');
const data = join(clone, '.symbolon');
let running: ChildProcess | undefined;
let ports: number[] = [];

const isOpen = (path: string): boolean => (statSync(path).mode & 0o001) !== 0 && (path === dirname(path) || isOpen(dirname(path)));
const knows = (uid: number) => readFileSync('/etc/passwd', 'utf8').split('\n').some((line) => line.split(':')[2] === String(uid));

/** Why this cannot be tried here; undefined: it can. */
const hindrance = process.getuid?.() !== 0 ? 'only root can start as somebody else' : !isOpen(house) ? `nobody but root can reach ${house}` : !knows(HER) ? `/etc/passwd knows no user ${HER}` : undefined;

/** Everything below a folder, links as themselves. */
function* everything(path: string): Generator<string> {
  yield path;
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) yield* everything(join(path, name));
}

const give = (path: string, uid: number) => [...everything(path)].forEach((one) => lchownSync(one, uid, uid));
const notHers = () => [...everything(clone)].filter((path) => lstatSync(path).uid !== HER).map((path) => relative(clone, path));

/** A clone of hers: sources and packages as here, one library still to be built. Packages are links, for they are many and large. */
function makeClone(): void {
  mkdirSync(join(clone, 'node_modules/@symbolon'), { recursive: true });
  for (const name of readdirSync(house)) {
    if (/^(node_modules|\.git|\.cache|\.symbolon|docs|test-e2e)$/.test(name)) continue;
    cpSync(join(house, name), join(clone, name), { recursive: true, preserveTimestamps: true });
  }
  for (const name of readdirSync(join(house, 'node_modules'))) if (!/^(@symbolon|\.package-lock\.json|\.cache)$/.test(name)) symlinkSync(join(house, 'node_modules', name), join(clone, 'node_modules', name));
  for (const name of readdirSync(join(house, 'node_modules/@symbolon'))) symlinkSync(readlinkSync(join(house, 'node_modules/@symbolon', name)), join(clone, 'node_modules/@symbolon', name));
  cpSync(join(house, 'node_modules/.package-lock.json'), join(clone, 'node_modules/.package-lock.json'), { preserveTimestamps: true });
  rmSync(join(clone, 'libs/vault/dist'), { recursive: true, force: true });
  give(clone, HER);
}

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });

/** Starts it there, and resolves when it is ready. */
async function start(as: readonly string[] = []): Promise<void> {
  const { SYMBOLON_DATA_DIR: _, ...environment } = process.env;
  const [command, ...args] = [...as, process.execPath, 'tools/start/start.mjs'];
  const child = spawn(...tied(command!, args), { cwd: clone, stdio: ['ignore', 'pipe', 'pipe'], env: { ...environment, SYMBOLON_PORT: `${ports[0]}`, SYMBOLON_SAMPLE_PORT: `${ports[1]}`, SYMBOLON_OPERATIONS_PORT: `${ports[2]}` } });
  running = child;
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  for (let left = 1_200; left > 0 && !said.includes('Start afresh'); left -= 1) {
    if (child.exitCode !== null) throw new Error(said);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (!said.includes('Start afresh')) throw new Error(said);
}

async function stop(): Promise<void> {
  const child = running;
  running = undefined;
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((done) => child.once('close', done).kill('SIGINT'));
}

const admin = () => readFileSync(join(data, 'admin.json'), 'utf8');
const asHer = ['setpriv', '--reuid', String(HER), '--regid', String(HER), '--clear-groups', '--'];

beforeAll(async () => {
  if (hindrance) return;
  ports = await Promise.all([freePort(), freePort(), freePort()]);
  makeClone();
}, 120_000);
afterEach(stop, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

it('started by root in somebody’s clone, the product leaves every file to her, and she goes on without root', async () => {
  if (hindrance) return console.log(`not tried here: ${hindrance}`);
  await start();
  const [database] = readFileSync(join(data, 'postgres/postmaster.pid'), 'utf8').split('\n');
  expect(statSync(`/proc/${database}`).uid).toBe(HER);
  await stop();
  expect(notHers()).toEqual([]);
  const before = admin();
  await start(asHer);
  await stop();
  expect(admin()).toBe(before);
}, 240_000);

it('what an earlier start by root took is given back', async () => {
  if (hindrance) return console.log(`not tried here: ${hindrance}`);
  const before = admin();
  for (const taken of ['.symbolon', '.cache', 'libs/vault/dist', 'node_modules/@symbolon']) give(join(clone, taken), 0);
  give(join(data, 'postgres'), NOBODY);
  expect(spawnSync(asHer[0]!, [...asHer.slice(1), 'cat', join(data, 'admin.json')]).status).not.toBe(0);
  await start();
  await stop();
  expect([notHers(), admin()]).toEqual([[], before]);
}, 240_000);
