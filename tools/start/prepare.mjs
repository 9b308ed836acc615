// Installs what is missing and builds what is stale, as the owner of the clone. As a program: `node tools/start/prepare.mjs`.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { exclusively } from './lock.mjs';
import { as, giveBack, owner } from './owner.mjs';
import { root, Stop } from './step.mjs';

const program = fileURLToPath(import.meta.url);

const prepareHere = () =>
  exclusively('start', 'Another npm start or npm test is preparing this folder; waiting for it', async () => {
    await install();
    await build();
  });

/** Throws `Stop` without a word when the other process has said why. */
async function prepareAs(user) {
  await giveBack(user);
  const child = spawn(process.execPath, [program], { cwd: root, stdio: 'inherit', ...as(user) });
  const status = await new Promise((done, fail) => {
    child.on('exit', done);
    child.on('error', ({ code }) => fail(new Stop(`This clone belongs to the user ${user.uid}, who cannot run ${process.execPath} (${code}). Type npm start as that user, without sudo.`)));
  });
  if (status !== 0) throw new Stop('');
}

/** Brings the clone to where it can run. What that writes belongs to whose clone it is. */
export function prepare() {
  const user = owner();
  return user ? prepareAs(user) : prepareHere();
}

/** Ends with one sentence and a status when `work` stops; faults are shown in full. */
export async function orStop(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Stop)) console.error(error);
    else if (error.message) console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === program) await orStop(prepareHere);
