// No process of a test outlives what started it, however that one ends.
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Command and arguments of a program that the kernel ends when the process that starts it dies, also when either of them stands still. Only Linux can
 * do that (`setpriv` of util-linux, which the embedded database needs as well); elsewhere they are what they were.
 */
export const tied = (command, args = []) => (process.platform === 'linux' ? ['setpriv', ['--pdeathsig', 'KILL', '--', command, ...args]] : [command, args]);

/**
 * Ends this process, without a word, as soon as npm or the program of ours that started it is gone; what it started with `tied` ends with it. Somebody who
 * starts it from a shell may leave the shell.
 */
export async function endWithParent() {
  if (!process.env.npm_lifecycle_event && !process.env.SYMBOLON_TEST_PROCESS) return;
  for (const parent = process.ppid; process.ppid === parent; ) await sleep(500, undefined, { ref: false });
  process.kill(process.pid, 'SIGKILL');
}
