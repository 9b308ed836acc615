// Runs the product and passes signals on. Nothing may be left behind: the product sees by the closed channel that this process is gone,
// and this process looks whether npm, which started it, is still there.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { as, environmentOf } from './owner.mjs';
import { root } from './step.mjs';

const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

/** Parent and start time of a process; the start time tells it from a later one with the same number. */
function identify(pid) {
  const stat = read(`/proc/${pid}/stat`);
  if (!stat) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : { pid, parent: Number(fields[1]), since: fields[19] };
}

/** The processes from this one's parent up to npm; none when it was not npm that started us. */
function startedBy() {
  const chain = [];
  for (let at = identify(process.ppid); at && at.pid > 1 && chain.length < 4; at = identify(at.parent)) {
    chain.push(at);
    if ((read(`/proc/${at.pid}/cmdline`) ?? '').startsWith('npm')) return chain;
  }
  return process.env.npm_lifecycle_event ? chain.slice(0, 1) : [];
}

/** A product that was asked to stop ends by itself within eight seconds; one that cannot is ended. */
const patience = 10_000;

/** Stops the product, at first politely. `signal` may come as often as it likes. */
function stopper(child) {
  let last;
  return (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    last ??= setTimeout(() => {
      console.error(`\nSymbolon did not stop within ${patience / 1000} seconds and was ended. Nothing that was acknowledged is lost: type npm start to go on.`);
      child.kill('SIGKILL');
    }, patience);
    child.once('exit', () => clearTimeout(last));
  };
}

/** Runs `main` until it ends, as `user` when root gives it away; resolves with the status that this process should end with. */
export function supervise(node, main, user) {
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', '--disable-warning=FSTWRN004', '--enable-source-maps', main], {
    cwd: root,
    // A group of its own: Ctrl-C in a terminal reaches only this process, which passes it on once.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    ...as(user),
    env: { ...environmentOf(user), SYMBOLON_SUPERVISED: '1' },
  });
  const drain = stopper(child);
  let asked = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      asked += 1;
      drain(asked < 3 ? (signal === 'SIGHUP' ? 'SIGTERM' : signal) : 'SIGKILL');
    });
  const ancestors = startedBy();
  const watch = setInterval(() => {
    if (!ancestors.some(({ pid, since }) => identify(pid)?.since !== since)) return;
    clearInterval(watch);
    drain('SIGTERM');
  }, 500);
  return new Promise((done) => {
    child.on('error', (error) => {
      console.error(`The pinned Node could not be started: ${error.message}. Remove node_modules and type npm start again.`);
      done(1);
    });
    child.on('exit', (status, signal) => {
      clearInterval(watch);
      if (signal && asked === 0) console.error(`\nSymbolon was ended from outside (${signal}). Nothing that was acknowledged is lost: type npm start, and it repairs itself.`);
      done(signal ? 1 : (status ?? 1));
    });
  });
}
