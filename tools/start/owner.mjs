// `sudo npm start` in somebody's clone: what is written there belongs to her, and the next start without sudo finds all as it was.
import { lchownSync, lstatSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { root } from './step.mjs';

/** Where an embedded process that ran as root kept its data when its database's user could not reach the clone. */
const OF_ROOT = '/var/lib/symbolon';
/** The user that PostgreSQL runs as under root. */
const NOBODY = 65_534;

const statOf = (path) => statSync(path, { throwIfNoEntry: false });

/** The home of a user; undefined when this machine does not know the user, as in a container over somebody's folder. */
const homeOf = (uid) => readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':')).find((entry) => entry[2] === String(uid))?.[5];

/** The owner of the clone when root works in somebody else's; undefined: whoever we are is right. */
export function owner() {
  if (process.getuid?.() !== 0) return undefined;
  const { uid, gid } = statSync(root);
  return uid === 0 ? undefined : { uid, gid };
}

/** Our environment for a program that runs as `user`: nothing that leads to root's home, whose npm told us where its files are. */
export function environmentOf(user) {
  if (!user) return process.env;
  const ofRoot = Object.entries(process.env).filter(([name, value]) => /^npm_config_/i.test(name) && isBelow(value, homedir())).map(([name]) => name);
  const rest = Object.entries(process.env).filter(([name]) => !ofRoot.includes(name) && !/^(USER|LOGNAME)$/.test(name));
  return { ...Object.fromEntries(rest), HOME: homeOf(user.uid) ?? root };
}

/** What `spawn` needs to run a program as `user`; nothing when that is who we are. */
export const as = (user) => (user ? { uid: user.uid, gid: user.gid, env: environmentOf(user) } : {});

const isBelow = (path, folder) => path === folder || path.startsWith(`${folder}/`);

/** The folder itself, or the nearest one above that is there. */
function nearest(path) {
  return statOf(path) ? path : nearest(dirname(path));
}

/** Whether every user may pass through to the clone, as the database's must when root runs it. */
function isOpen(path) {
  return (statSync(path).mode & 0o001) !== 0 && (path === dirname(path) || isOpen(dirname(path)));
}

/** Data of an earlier start as root, of which the clone has none of its own yet. */
const keptByRoot = () => !isOpen(root) && !statOf(join(root, '.symbolon/postgres')) && statOf(join(OF_ROOT, 'postgres')) !== undefined;

/**
 * The user that the product runs as: the owner, so that its data are hers. Root, where the data lie outside the clone in a folder of root's, because
 * somebody named it or an earlier start chose it; and where this machine does not know the owner, for whom PostgreSQL would not run.
 */
export function runner(user, wanted = process.env.SYMBOLON_DATA_DIR) {
  if (!user || homeOf(user.uid) === undefined) return undefined;
  if (!wanted) return keptByRoot() ? undefined : user;
  const folder = resolve(root, wanted);
  return isBelow(folder, root) || statSync(nearest(folder)).uid === user.uid ? user : undefined;
}

/** Whether a product runs on these data: it holds a socket of their name (libs/boot). */
function isInUse(folder) {
  const name = `\0symbolon-data-${createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 16)}`;
  return new Promise((done) => {
    const probe = connect(name, () => {
      probe.destroy();
      done(true);
    });
    probe.on('error', () => done(false));
  });
}

/** Gives a file, or a folder with all below it, to `user`, where root or the database's user owned it. Links are not followed. */
function give(path, { uid, gid }) {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (!there) return;
  if (there.isDirectory()) for (const name of readdirSync(path)) give(join(path, name), { uid, gid });
  if (there.uid === 0 || there.uid === NOBODY) lchownSync(path, uid, gid);
}

const builds = () => ['libs', 'services'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name, 'dist')));

/** Gives back what an earlier `sudo npm start` took. Data that a running product uses stay as they are until it stops. */
export async function giveBack(user) {
  for (const path of [join(root, '.cache'), join(root, 'node_modules'), ...builds()]) give(path, user);
  const data = join(root, '.symbolon');
  if (statOf(data) && !(await isInUse(data))) give(data, user);
}
