import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedServerRefused } from './refused.js';

/** An orphan is told to stop when its parent dies, and a killed one is a zombie for a moment: both are gone within this time. */
const PATIENCE = 6_000;

/**
 * Frees a data folder that a crash left locked. A lock file names a process; it counts only while that process is a live PostgreSQL
 * of this very folder, for after a crash the number may be a zombie's or belong to another program.
 */
export async function freeLockFile(dir: string, patience = PATIENCE): Promise<void> {
  for (const name of ['postmaster.pid', '.s.PGSQL.5432.lock']) await free(join(dir, name), dir, patience);
}

async function free(file: string, dir: string, patience: number): Promise<void> {
  for (const until = Date.now() + patience; existsSync(file); await sleep(50)) {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    if (!(pid > 0) || !serves(pid, dir)) return rmSync(file, { force: true });
    if (Date.now() > until)
      throw new EmbeddedServerRefused('data_in_use', `The database folder ${dir} is in use by process ${pid}. Stop the Symbolon that it belongs to, or choose another folder with SYMBOLON_DATA_DIR.`);
  }
}

function serves(pid: number, dir: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0];
    return state !== 'Z' && state !== 'X' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dir);
  } catch {
    return false;
  }
}
