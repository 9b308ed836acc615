import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { serverUser } from './account.js';
import { EmbeddedServerRefused } from './refused.js';

/** Login name of the cluster's owner. */
export const OWNER = 'symbolon';
const MAJOR = '18';
const ROOM = 256 * 1024 * 1024;
/** A file of the write-ahead log. */
const SEGMENT = 4 * 1024 * 1024;

/** Makes the cluster in `dir` unless it is there; an initdb that was cut off starts over, for only a whole cluster gets its name. */
export async function ensureCluster(native: string, dir: string, password: string): Promise<void> {
  if (existsSync(dir)) return sameVersion(dir);
  enoughRoom(dirname(dir));
  for (const name of readdirSync(dirname(dir))) if (name.startsWith(`${basename(dir)}.new-`)) rmSync(join(dirname(dir), name), { recursive: true, force: true });
  const unfinished = `${dir}.new-${randomBytes(4).toString('hex')}`;
  mkdirSync(unfinished, { mode: 0o700 });
  const user = serverUser();
  if (user !== undefined) chownSync(unfinished, user, user);
  await initdb(native, unfinished, password);
  renameSync(unfinished, dir);
}

function sameVersion(dir: string): void {
  const file = join(dir, 'PG_VERSION');
  const found = existsSync(file) ? readFileSync(file, 'utf8').trim() : 'unknown';
  if (found !== MAJOR)
    throw new EmbeddedServerRefused('other_version', `The database folder ${dir} was made by PostgreSQL ${found}, this Symbolon runs ${MAJOR}. Choose another folder with SYMBOLON_DATA_DIR, or move the data with pg_dump.`);
}

function enoughRoom(parent: string): void {
  const { bavail, bsize } = statfsSync(parent);
  if (bavail * bsize < ROOM) throw new EmbeddedServerRefused('disk_full', `The disk of ${parent} has less than 256 MB left. Free some space, or choose another place with SYMBOLON_DATA_DIR.`);
}

/** The password goes through a file that only the server's user may read: arguments are seen by every user of the machine. */
async function initdb(native: string, dir: string, password: string): Promise<void> {
  const user = serverUser();
  const file = `${dir}.password`;
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  if (user !== undefined) chownSync(file, user, user);
  const options = ['-D', dir, '-U', OWNER, '--auth=scram-sha-256', `--pwfile=${file}`, '--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--wal-segsize=4', '--no-instructions'];
  const child = spawn(join(native, 'bin', 'initdb'), options, { stdio: ['ignore', 'ignore', 'pipe'], cwd: dir, env: { PATH: process.env['PATH'] }, ...(user === undefined ? {} : { uid: user, gid: user }) });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done)).finally(() => rmSync(file, { force: true }));
  if (code === 0) return;
  rmSync(dir, { recursive: true, force: true });
  throw failure(said, dir);
}

/** On a full disk the server cannot even write down why it ended. */
function hasNoRoom(dir: string): boolean {
  const { bavail, bsize } = statfsSync(dirname(dir));
  return bavail * bsize < SEGMENT;
}

/** What the server's own words mean to the person who started it. */
export function failure(said: string, dir: string): EmbeddedServerRefused {
  if (/No space left on device/i.test(said) || hasNoRoom(dir)) return new EmbeddedServerRefused('disk_full', `The disk of ${dir} is full. Free some space and start again; nothing that was acknowledged is lost.`);
  if (/Permission denied|could not access directory|Read-only file system/i.test(said))
    return new EmbeddedServerRefused('not_writable', `The database cannot write ${dir}. Choose a folder that its user can reach with SYMBOLON_DATA_DIR.`, { cause: new Error(said) });
  if (/could not look up effective user ID/.test(said)) return new EmbeddedServerRefused('did_not_start', 'PostgreSQL needs a user that /etc/passwd knows. Add this user there, start as another one, or name a database of your own in DATABASE_URL.');
  if (/lock file ".*" already exists|shared memory block .* is still in use/.test(said)) return new EmbeddedServerRefused('data_in_use', `The database folder ${dir} is in use. Stop the Symbolon that it belongs to, or choose another folder with SYMBOLON_DATA_DIR.`);
  return new EmbeddedServerRefused('did_not_start', `PostgreSQL did not start in ${dir}: ${said.trim().split('\n').slice(-3).join(' ') || 'it said nothing'}. Its log is ${join(dir, 'server.log')}.`);
}

/** The owner's password: drawn once, kept beside the cluster, readable for us alone. */
export function ownerPassword(dataDir: string): string {
  const file = join(dataDir, 'postgres-owner');
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, randomBytes(24).toString('base64url'), { mode: 0o600 });
    chmodSync(`${file}.new`, 0o600);
    renameSync(`${file}.new`, file);
  }
  return readFileSync(file, 'utf8').trim();
}
