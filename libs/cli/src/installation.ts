import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from './failure.js';

/** What `<data>/admin.json` says that the command line needs. */
export type Installation = Readonly<{ issuer: string; client_id: string; client_secret: string; addresses?: Readonly<Record<string, string>> }>;

const clone = fileURLToPath(new URL('../../..', import.meta.url));

/** Data folders in the order in which they are looked for. */
const folders = (environment: NodeJS.ProcessEnv): string[] => (environment['SYMBOLON_DATA_DIR'] ? [resolve(environment['SYMBOLON_DATA_DIR'])] : [join(clone, '.symbolon'), '/var/lib/symbolon']);

/** Reads the credentials of the installation on this machine. */
export function installation(environment: NodeJS.ProcessEnv = process.env): Installation {
  const searched = folders(environment);
  const file = searched.map((folder) => join(folder, 'admin.json')).find((path) => existsSync(path));
  if (!file) throw new Failure(`There is no admin.json in ${searched.join(' or ')}. Start Symbolon once with npm start, or set SYMBOLON_DATA_DIR to its data folder.`);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Installation;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') throw new Failure(`${file} may be read by its owner only. Run this command as the user who started Symbolon.`);
    throw new Failure(`${file} is not readable as JSON. Restore it from a backup.`);
  }
}
