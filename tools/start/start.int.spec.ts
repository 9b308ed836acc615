import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { oldPostgres } from '../engines/old-postgres.js';
import { testDatabase } from '../engines/postgres.js';
import { tied } from '../test/tied.mjs';

const folder = mkdtempSync(join(tmpdir(), 'symbolon-start-'));
chmodSync(folder, 0o755); // run as root, the database has a user of its own who must pass
const processes: ChildProcess[] = [];
let ports: readonly number[] = [];

const listening = async (port = 0): Promise<Server> => {
  const server = createServer().listen(port, '127.0.0.1');
  await new Promise((done, fail) => server.once('listening', done).once('error', fail));
  return server;
};
const portOf = (server: Server) => (server.address() as AddressInfo).port;
const closed = (server: Server) => new Promise((done) => server.close(done));

const freePorts = async (many: number): Promise<number[]> => {
  const servers = await Promise.all(Array.from({ length: many }, () => listening()));
  const numbers = servers.map(portOf);
  await Promise.all(servers.map(closed));
  return numbers;
};

const environment = ([port, sample, operations]: readonly number[], more: Record<string, string> = {}) => ({
  ...process.env,
  SYMBOLON_PORT: String(port),
  SYMBOLON_SAMPLE_PORT: String(sample),
  SYMBOLON_OPERATIONS_PORT: String(operations),
  SYMBOLON_DATA_DIR: join(folder, 'data'),
  ...more,
});

type Run = Readonly<{ child: ChildProcess; said(): string; ended: Promise<number | null> }>;

const start = (variables: NodeJS.ProcessEnv): Run => {
  const child = spawn(...tied(process.execPath, ['tools/start/start.mjs']), { env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
  processes.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, said: () => text, ended: new Promise((done) => child.once('close', done)) };
};

const until = async (what: string, holds: () => boolean | Promise<boolean>, run?: Run) => {
  for (let tries = 0; tries < 600; tries++) {
    if (await holds()) return;
    if (run && run.child.exitCode !== null) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${what} did not happen: ${run?.said() ?? ''}`);
};

const ready = async (run: Run) => {
  await until('ready', async () => (await fetch(`http://127.0.0.1:${ports[2]}/readyz`).catch(() => undefined))?.status === 200, run);
  await until('the panel', () => run.said().includes('is running'), run);
};

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

/** The server's process, by its own lock file. */
const databasePid = (): number => Number(readFileSync(join(folder, 'data/postgres/postmaster.pid'), 'utf8').split('\n')[0]);

const mounted: string[] = [];

/** A disk of our own, which the kernel lets none but root make; `refused` says why not. */
function smallDisk(size: string) {
  const path = mkdtempSync(join(folder, 'disk-'));
  const mount = (...options: string[]) => spawnSync('mount', ['-t', 'tmpfs', '-o', options.join(','), 'tmpfs', path], { encoding: 'utf8' });
  const { status, stderr, error } = mount(`size=${size}`, 'mode=755');
  if (status === 0) mounted.push(path);
  return {
    path,
    refused: status === 0 ? undefined : (error?.message ?? stderr.trim()),
    resize: (to: string) => expect(mount('remount', `size=${to}`).status).toBe(0),
    used: (): number => {
      const { blocks, bfree, bsize } = statfsSync(path);
      return (blocks - bfree) * bsize;
    },
  };
}

beforeAll(async () => {
  ports = await freePorts(3);
});
afterEach(async () => {
  const running = processes.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  await Promise.all(running.map((child) => new Promise((done) => child.once('close', done).kill('SIGINT'))));
  processes.length = 0;
  for (const path of mounted.splice(0)) spawnSync('umount', [path]);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm start refuses with one sentence and a status', () => {
  it('says everything that is wrong with the configuration at once', async () => {
    const run = start(environment(ports, { SYMBOLON_PORT: 'x', SYMBOLON_ISSUER: 'http://elsewhere.example/oidc', SYMBOLON_BUS_URL: 'kafka://broker:9092' }));
    expect(await run.ended).toBe(1);
    for (const variable of ['SYMBOLON_PORT', 'SYMBOLON_ISSUER', 'SYMBOLON_BUS_URL']) expect(run.said()).toMatch(new RegExp(`${variable} must .* Example: ${variable}=`));
  }, 60_000);

  it('names the taken port and the variable that moves it', async () => {
    const taken = await listening();
    const run = start(environment([portOf(taken), ...ports.slice(1)]));
    expect(await run.ended).toBe(1);
    expect(run.said()).toMatch(new RegExp(`Port ${portOf(taken)} is taken.*SYMBOLON_PORT=`));
    await closed(taken);
  }, 60_000);

  it.each([['/etc/passwd', '/etc/passwd is no folder'], ['/etc/passwd/below', '/etc/passwd is no folder'], ...(process.platform === 'linux' ? [['/proc/symbolon', '/proc/symbolon lies where no folder can be made']] : [])])('says that no data can lie at %s', async (place, why) => {
    const run = start(environment(ports, { SYMBOLON_DATA_DIR: place! }));
    expect(await run.ended).toBe(1);
    expect(run.said()).toContain(`The data cannot lie at ${place}: ${why}. Choose another one with SYMBOLON_DATA_DIR`);
    expect(run.said()).not.toContain('    at ');
  }, 60_000);

  it('says that the database of DATABASE_URL does not answer', async () => {
    const [nobody] = await freePorts(1);
    const run = start(environment(ports, { DATABASE_URL: `postgres://owner:secret@127.0.0.1:${nobody}/symbolon`, SYMBOLON_DATA_DIR: join(folder, 'other') }));
    expect(await run.ended).toBe(1);
    expect(run.said()).toMatch(/database at 127\.0\.0\.1.*does not answer.*DATABASE_URL/);
    expect(run.said()).not.toContain('secret');
  }, 60_000);

  it('says that the Node of the host is too old, before it touches anything', async () => {
    const older = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'18.20.4'}});Object.defineProperty(process,'version',{value:'v18.20.4'})`;
    const dataDir = join(folder, 'never made');
    const run = start(environment(ports, { NODE_OPTIONS: `--import "${older}"`, SYMBOLON_DATA_DIR: dataDir }));
    expect([await run.ended, run.said()]).toEqual([1, '\nSymbolon needs Node 20 or newer to start and this is v18.20.4. Install one from https://nodejs.org and type npm start again.\n']);
    expect(existsSync(dataDir)).toBe(false);
  }, 60_000);

  it('says that a disk is too small for a new installation, or full to the last byte, and makes nothing', async () => {
    const disk = smallDisk('1m');
    if (disk.refused !== undefined) return console.log(`no small disk can be made here, so that only libs/boot/src/cannot-start.spec.ts was seen: ${disk.refused}`);
    writeFileSync(join(disk.path, 'something else'), Buffer.alloc(1 << 20));
    const [full, small] = [join(disk.path, 'data'), disk.path];
    const first = start(environment(ports, { SYMBOLON_DATA_DIR: small }));
    expect([await first.ended, first.said()]).toEqual([1, expect.stringMatching(new RegExp(`^The disk of ${small} is full\\. Free some space, or choose another place with SYMBOLON_DATA_DIR, and start again\\.$`, 'm'))]);
    disk.resize('30m');
    const second = start(environment(ports, { SYMBOLON_DATA_DIR: full }));
    expect([await second.ended, second.said()]).toEqual([1, expect.stringMatching(new RegExp(`^The disk of ${full} has less than 256 MB left\\. Free some space, or choose another place with SYMBOLON_DATA_DIR\\.$`, 'm'))]);
    expect(existsSync(join(full, 'postgres'))).toBe(false);
  }, 60_000);

  it('says that the disk of an installation ran full, and starts again with all it had once there is room', async () => {
    const disk = smallDisk('300m');
    if (disk.refused !== undefined) return console.log(`no small disk can be made here, so that only libs/boot/src/cannot-start.spec.ts was seen: ${disk.refused}`);
    const variables = environment(ports, { SYMBOLON_DATA_DIR: disk.path });
    const first = start(variables);
    await ready(first);
    const before = readFileSync(join(disk.path, 'admin.json'), 'utf8');
    first.child.kill('SIGINT');
    await first.ended;
    disk.resize(`${disk.used()}`);
    const second = start(variables);
    expect([await second.ended, second.said()]).toEqual([1, expect.stringMatching(new RegExp(`^The disk of ${disk.path}\\S* is full\\. Free some space.*start again`, 'm'))]);
    expect(second.said()).not.toMatch(/^\s+at /m);
    disk.resize('300m');
    const third = start(variables);
    await ready(third);
    expect(readFileSync(join(disk.path, 'admin.json'), 'utf8')).toBe(before);
  }, 120_000);

  it('says that the database of DATABASE_URL is too old, whose server knows no setting that newer ones have', async () => {
    const old = await oldPostgres('15.9');
    const run = start(environment(ports, { DATABASE_URL: old.url, SYMBOLON_DATA_DIR: join(folder, 'with an old database') }));
    expect(await run.ended).toBe(1);
    expect(run.said()).toMatch(/^The database runs PostgreSQL 15\.9; Symbolon needs 17 or newer\. Upgrade it, or remove DATABASE_URL to use the embedded one\.$/m);
    expect(run.said()).not.toMatch(/^\s+at /m);
    await old.close();
  }, 60_000);

  it.each([
    ['a wrong password', (url: string) => url.replace(/:[^:@/]+@/, ':wrong@'), /^The database at \S+ refuses the user or the password\. Mend them in DATABASE_URL, and start again\.$/m],
    ['a database that is missing', (url: string) => url.replace(/\/test_\w+/, '/nowhere'), /^The server at \S+ has no database of that name\. Make it .*, or mend DATABASE_URL, and start again\.$/m],
    ['several hosts', () => 'postgres://a:b@one.example,two.example/symbolon', /^DATABASE_URL names several hosts, and Symbolon goes to one\. Name an address that follows the primary .*$/m],
    ['nobody who answers', () => 'postgres://a:b@127.0.0.1:1/symbolon', /^The database at \S+ does not answer\. Start it, or mend DATABASE_URL, and start again\.$/m],
  ])('says of %s in DATABASE_URL one sentence with the way out', async (what, address, sentence) => {
    const database = await testDatabase();
    const run = start(environment(ports, { DATABASE_URL: address(database.url), SYMBOLON_DATA_DIR: join(folder, `with ${what}`) }));
    expect([await run.ended, run.said()]).toEqual([1, expect.stringMatching(sentence)]);
    expect(run.said()).not.toMatch(/^\s+at /m);
    await database.close();
  }, 60_000);
});

/** What `npm start` runs, over a product of a few lines and under a shell that stands for npm. */
const supervised = (product: string) => {
  const script = `import { supervise } from '${process.cwd()}/tools/start/supervise.mjs'; process.exitCode = await supervise(process.execPath, process.argv[1]);`;
  const main = join(folder, `product-${Date.now()}.mjs`);
  writeFileSync(main, product);
  const child = spawn('sh', ['-c', `'${process.execPath}' --input-type=module -e "$0" '${main}'; echo status $?`, script], { env: { ...process.env, npm_lifecycle_event: 'start' }, stdio: ['ignore', 'pipe', 'pipe'] });
  processes.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, said: () => text, pid: () => Number(/product (\d+)/.exec(text)?.[1]), ended: new Promise((done) => child.once('close', done)) };
};

describe('what npm start runs', () => {
  it('is ended after ten seconds when it does not stop, though whoever started it is gone', async () => {
    const run = supervised("for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => console.log('asked')); setInterval(() => {}, 1000); console.log('product ' + process.pid);");
    await until('the product', () => run.pid() > 0);
    run.child.kill('SIGKILL');
    await until('the end of the product', () => !alive(run.pid()));
    await run.ended;
    expect(run.said().match(/asked/g)).toHaveLength(1);
    expect(run.said()).toMatch(/did not stop within 10 seconds and was ended.*type npm start/);
  }, 60_000);

  it('is not ended in silence by somebody else: one sentence, and a status', async () => {
    const run = supervised("setInterval(() => {}, 1000); console.log('product ' + process.pid);");
    await until('the product', () => run.pid() > 0);
    process.kill(run.pid(), 'SIGKILL');
    await run.ended;
    expect(run.said()).toMatch(/ended from outside \(SIGKILL\).*npm start.*status 1/s);
  }, 60_000);
});

describe('npm start', () => {
  it('ends with the panel, keeps the credentials to their owner, refuses a second one on its data, and stops without leaving a process', async () => {
    const run = start(environment(ports));
    await ready(run);
    expect(run.said()).toMatch(/Sample application.*Account page.*Caught mail.*API documents.*Data.*First administrator.*Stop.*Start afresh/s);
    expect(statSync(join(folder, 'data/admin.json')).mode & 0o777).toBe(0o600);
    const second = start(environment(await freePorts(3)));
    expect(await second.ended).toBe(1);
    expect(second.said()).toContain('is in use by another Symbolon');
    const database = databasePid();
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(alive(database)).toBe(false);
  }, 120_000);

  it('leaves no process behind when it is killed, and repairs itself at the next start', async () => {
    const first = start(environment(ports));
    await ready(first);
    const before = JSON.parse(readFileSync(join(folder, 'data/admin.json'), 'utf8')) as object;
    const database = databasePid();
    first.child.kill('SIGKILL');
    await until('the end of the database', () => !alive(database));
    const again = start(environment(ports));
    await ready(again);
    expect(JSON.parse(readFileSync(join(folder, 'data/admin.json'), 'utf8'))).toEqual(before);
  }, 120_000);
});
