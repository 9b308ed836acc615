import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const clone = fileURLToPath(new URL('../../..', import.meta.url));

/** The package's version and, where this is a clone and there is git, its commit. */
export function version(folder: string = clone): string {
  const { version: number } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  const { stdout, status } = existsSync(join(folder, '.git')) ? spawnSync('git', ['-C', folder, 'rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8' }) : { stdout: '', status: 1 };
  return status === 0 ? `${number} (${stdout.trim()})` : number;
}
