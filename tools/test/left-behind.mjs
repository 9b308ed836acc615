// Finds what tests started and did not end. Whatever a test starts inherits its environment, and by that is known, whoever its parent became.
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The variable that everything started in a test carries: the processes that it was started by, oldest first. */
const VARIABLE = 'SYMBOLON_TEST_PROCESS';
/** What was told to end may take this long, in tenths of a second. */
const PATIENCE = 100;

/** Marks what this process starts from now on, and answers the mark. */
export function mark() {
  process.env[VARIABLE] = `${process.env[VARIABLE] ?? ''}/${process.pid}`;
  return process.env[VARIABLE];
}

const read = (pid, file) => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it ended meanwhile, or is not ours
  }
};

const isOver = (pid) => !/^\d+ \(.*\) [^ZX]/s.test(read(pid, 'stat'));
const wordsOf = (pid) => read(pid, 'cmdline').split('\0').join(' ').trim();

/** Every other process that runs; outside Linux nobody can tell. */
const others = () => (process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).map(Number) : []);

/** What was started by the process with this mark, or by what it started. */
const startedBy = (wanted) => (pid) => {
  const found = read(pid, 'environ').split('\0').find((line) => line.startsWith(`${VARIABLE}=`))?.slice(VARIABLE.length + 1);
  return found === wanted || found?.startsWith(`${wanted}/`) === true;
};

/** Databases of tests inherit nothing; they lie in folders of their own, and run from `root` or from a copy made of it. */
export const databaseOfTests = (root) => (pid) => {
  const words = wordsOf(pid);
  return (words.startsWith(join(root, 'node_modules')) || words.includes('/symbolon-postgres-')) && words.includes(` -D ${join(tmpdir(), 'symbolon-')}`);
};

/** The numbers of the processes of a kind that run now. */
export const running = (isWanted) => others().filter((pid) => isWanted(pid) && !isOver(pid));

/** Waits a moment for what is ending, ends the rest of a kind, and answers what that was. */
export async function endRest(isWanted) {
  for (let left = PATIENCE; left > 0 && running(isWanted).length > 0; left -= 1) await sleep(100);
  return running(isWanted).map((pid) => {
    const words = `${pid} ${wordsOf(pid).slice(0, 200)}`;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended meanwhile
    }
    return words;
  });
}

/** Ends what the process with this mark started and left, and answers what that was. */
export const endLeftBehind = (wanted) => endRest(startedBy(wanted));
