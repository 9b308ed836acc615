import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Product } from '../../test-e2e/product.js';
import { symbolon } from '../../test-e2e/symbolon.js';
import { tied } from '../../tools/test/tied.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Names of the samples: each is a folder beside this file and a page in `docs/quickstarts`. */
export const samples = ['express', 'nextjs', 'browser', 'native', 'resource-server'] as const;
export type Sample = (typeof samples)[number];

/** Where a sample's files are kept. */
export const sourceOf = (sample: Sample): string => join(root, 'deploy/samples', sample);
const pageOf = (sample: Sample): string => readFileSync(join(root, 'docs/quickstarts', `${sample}.md`), 'utf8');

/** A program that a test started, with what it printed. */
export type Running = Readonly<{ pid: number; printed(): string; say(line: string): void; ended: Promise<number | null>; stop(): Promise<void> }>;

const started = new Set<Running>();

/** Ends every program that this test file started. */
export const stopAll = async (): Promise<void> => void (await Promise.all([...started].map((running) => running.stop())));

/** Runs a command of a sample in its folder, on the Node of the product. */
export function run(folder: string, [command, ...args]: readonly [string, ...string[]], environment: Record<string, string> = {}): Running {
  const path = [join(root, 'node_modules/.bin'), join(folder, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
  // A group of its own: npm starts a shell, which starts more.
  const child: ChildProcess = spawn(...tied(command, args), { cwd: folder, detached: true, stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: '', ...environment, PATH: path } });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  const running: Running = {
    pid: child.pid ?? 0,
    printed: () => printed,
    say: (line) => void child.stdin?.write(`${line}\n`),
    ended,
    async stop() {
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
      await ended;
    },
  };
  started.add(running);
  return running;
}

/** Runs a command to its end; throws with what it printed when it fails. */
export async function finish(folder: string, command: readonly [string, ...string[]], environment?: Record<string, string>): Promise<void> {
  const running = run(folder, command, environment);
  if ((await running.ended) !== 0) throw new Error(`${command.join(' ')} failed in ${folder}:\n${running.printed()}`);
}

/** Writes the environment of a sample where its page says. */
export const configure = (folder: string, environment: Record<string, string>): void => writeFileSync(join(folder, '.env'), Object.entries(environment).map(([name, value]) => `${name}=${value}\n`).join(''));

/** Starts a sample that was copied by the words of its `npm start`, and these; its environment is in its file, as its page says. */
export function start(folder: string, environment: Record<string, string>, ...more: string[]): Running {
  configure(folder, environment);
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { scripts: { start: string } };
  const [command = '', ...args] = scripts.start.split(' ');
  return run(folder, [command, ...args, ...more]);
}

/** A copy of a sample with the packages of its lock file; packages are fetched when the lock file is another one than before. */
export async function installed(sample: Sample): Promise<string> {
  const folder = join(root, '.cache/samples', sample);
  const stamp = join(folder, 'node_modules/.installed');
  const lock = readFileSync(join(sourceOf(sample), 'package-lock.json'), 'utf8');
  const fresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === lock;
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (!fresh || name !== 'node_modules') rmSync(join(folder, name), { recursive: true });
  cpSync(sourceOf(sample), folder, { recursive: true, filter: (path) => !/\/(node_modules|dist|\.next|\.env)$/.test(path) });
  if (fresh) return folder;
  await finish(folder, ['npm', 'ci', '--no-fund', '--no-audit']);
  writeFileSync(stamp, lock);
  return folder;
}

/** Registers an application by the command that its page tells people to type, at other ports; the answer is the environment that the command prints. */
export async function registered(product: Product, sample: Sample, ports: Readonly<Record<string, number>>): Promise<Record<string, string>> {
  const typed = /^ *npx symbolon (client create [^>]*)/m.exec(pageOf(sample))?.[1];
  if (typed === undefined) throw new Error(`the page of ${sample} registers nothing`);
  const moved = Object.entries(ports).reduce((text, [from, to]) => text.replaceAll(`:${from}`, `:${to}`), typed.replaceAll('\\\n', ' '));
  const words = moved.match(/"[^"]*"|\S+/g) ?? [];
  const { status, printed } = await symbolon(product, ...words.map((word) => word.replaceAll('"', '')));
  if (status !== 0) throw new Error(`no client: ${printed}`);
  return Object.fromEntries([...printed.matchAll(/^(OIDC_\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));
}

/** Waits until something is true of a sample; throws with what it printed when it ended before, or after a minute. */
export async function until<Value>(running: Running, look: () => Value | undefined | Promise<Value | undefined>): Promise<Value> {
  let over = false;
  void running.ended.then(() => (over = true));
  for (const latest = Date.now() + 60_000; Date.now() < latest; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (over) break;
  }
  throw new Error(`not seen:\n${running.printed()}`);
}

/** Waits until a sample answers at its address. */
export const answering = (running: Running, address: string) => until(running, () => fetch(address, { redirect: 'manual' }).then(() => true, () => undefined));
