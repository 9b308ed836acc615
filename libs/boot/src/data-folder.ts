import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';
import { realpathSync, unlinkSync } from 'node:fs';
import { CannotStart } from './cannot-start.js';

const runsAsRoot = () => process.getuid?.() === 0;

/** Whether another user may pass through every folder above. */
function othersReach(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** `.symbolon` of the clone; `/var/lib/symbolon` where root started us and the database's own user cannot reach the clone. */
export function chooseDataFolder(root: string, wanted: string | undefined): string {
  if (wanted) return wanted;
  return runsAsRoot() && !othersReach(root) ? '/var/lib/symbolon' : join(root, '.symbolon');
}

/** Why no folder can be at a place, in words. Whether it is full or not ours to write is said elsewhere (`explain`). */
const HINDRANCES: Readonly<Record<string, string>> = { EEXIST: 'is no folder', ENOENT: 'lies where no folder can be made', ELOOP: 'is a link that leads to itself', EPERM: 'belongs to somebody else', ENAMETOOLONG: 'is too long a name' };

/** One folder after the other, for `recursive` never ends where the system says that what it was asked to make does not exist (/proc). */
function make(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (path !== dirname(path)) make(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it in between.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** Makes the folder: passable for the database's user, readable for nobody else. Throws `CannotStart` where there can be none. */
export function makeDataFolder(path: string): void {
  try {
    make(path);
    chmodSync(path, runsAsRoot() ? 0o711 : 0o700);
  } catch (error) {
    const { code = '', path: at } = error as NodeJS.ErrnoException;
    const hindrance = HINDRANCES[code];
    if (!hindrance) throw error;
    throw new CannotStart(`The data cannot lie at ${path}: ${at} ${hindrance}. Choose another one with SYMBOLON_DATA_DIR, for example SYMBOLON_DATA_DIR=/var/lib/symbolon, and start again.`, { cause: error });
  }
}

/** The lock is a socket, not a file: the kernel frees it when its holder dies, however it dies. */
function address(dataDir: string): string {
  if (process.platform !== 'linux') return join(dataDir, 'lock.sock');
  return `\0symbolon-data-${createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 16)}`;
}

const listening = (path: string): Promise<Server | undefined> =>
  new Promise((done, fail) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? done(undefined) : fail(error)));
    server.listen(path, () => done(server));
  });

const answers = (path: string): Promise<boolean> =>
  new Promise((done) => {
    const probe = connect(path, () => {
      probe.destroy();
      done(true);
    });
    probe.on('error', () => done(false));
  });

/** Holds the data folder for this process; throws `CannotStart` when another one holds it. */
export async function lockDataFolder(dataDir: string): Promise<{ release(): Promise<void> }> {
  const path = address(dataDir);
  let server = await listening(path);
  if (!server && !path.startsWith('\0') && !(await answers(path))) {
    unlinkSync(path);
    server = await listening(path);
  }
  if (!server) throw new CannotStart(`The data folder ${dataDir} is in use by another Symbolon. Stop that one, or choose another folder with SYMBOLON_DATA_DIR (and other ports).`);
  const held = server;
  held.unref();
  return { release: () => new Promise((done) => held.close(() => done())) };
}
