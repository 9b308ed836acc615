// Brings node_modules to what package-lock.json says, and only when it is not there yet.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outOfSpace, root, run, step, Stop } from './step.mjs';

const lockFile = join(root, 'package-lock.json');
const installedFile = join(root, 'node_modules/.package-lock.json');
const stampFile = join(root, '.cache/installed');

/** The Node that the lock file pins; the host's own where no package carries one (macOS). */
export function pinnedNode() {
  const pinned = join(root, 'node_modules/.bin/node');
  return existsSync(pinned) ? pinned : process.execPath;
}

const hash = (...parts) => createHash('sha256').update(parts.join('\n')).digest('hex');
const stamp = () => hash(readFileSync(lockFile), readFileSync(installedFile), process.platform, process.arch);

/** npm writes its own record last; whatever of the lock belongs on this machine must stand there with the same content. */
function matches() {
  const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  const found = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || !path.includes('node_modules/')) return true;
    const there = found[path];
    if (!there) return entry.optional === true;
    return there.version === entry.version && there.integrity === entry.integrity;
  });
}

function isInstalled() {
  if (!existsSync(installedFile)) return false;
  if (process.platform === 'linux' && !existsSync(join(root, 'node_modules/.bin/node'))) return false;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp()) return true;
  return matches();
}

function remember() {
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(stampFile, stamp());
}

function explain(output) {
  if (outOfSpace(output)) return 'The disk is full: npm could not install the packages. Free about 1.5 GB and type npm start again.';
  const reason = output.split('\n').filter((line) => line.startsWith('npm error')).slice(0, 8).join('\n') || output.slice(-1500);
  return `${reason}\n\nThe packages could not be installed. Check that the npm registry can be reached (npm ping), then type npm start again.`;
}

/** `npm ci` if the installed packages are not those of the lock file. */
export async function install() {
  if (isInstalled()) {
    if (!existsSync(stampFile)) remember();
    return;
  }
  console.log('  Installing packages, about a minute the first time');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const { status, output } = await step('Installing packages', () => (npm?.endsWith('.js') ? run(process.execPath, [npm, ...args]) : run('npm', args)));
  if (status !== 0) throw new Stop(explain(output));
  remember();
  if (process.platform === 'linux' && !existsSync(join(root, 'node_modules/.bin/node')))
    throw new Stop(`There is no pinned Node for linux-${process.arch}. Symbolon runs on x64 and arm64 with glibc.`);
}
