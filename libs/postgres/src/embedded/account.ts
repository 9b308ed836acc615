import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** `nobody`: PostgreSQL refuses to run as root, and this user is in every /etc/passwd. */
const NOBODY = 65_534;

/** The user that the server runs as when root started us; undefined: the one that we are. */
export const serverUser = (): number | undefined => (process.getuid?.() === 0 ? NOBODY : undefined);

/** Whether any user may pass through every folder down to `path`. */
export function openToOthers(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
