// One at a time on one clone. The lock is a socket: the kernel frees it when its holder dies, however it dies.
import { createHash } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { root } from './step.mjs';

const address = (what) => {
  const name = `symbolon-${what}-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`);
};

/** The held lock, or undefined when somebody else holds it. */
function tryLock(path) {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? done(undefined) : fail(error)));
    server.listen(path, () => done(server));
  });
}

/** Outside Linux a socket is a file, which outlives a killed holder: nobody answers there, so it goes. */
function removeIfDead(path) {
  if (path.startsWith('\0')) return Promise.resolve();
  return new Promise((done) => {
    const probe = connect(path, () => {
      probe.destroy();
      done();
    });
    probe.on('error', () => {
      try {
        unlinkSync(path);
      } catch {
        // somebody else removed it first
      }
      done();
    });
  });
}

/** Runs `work` while nobody else on this clone does so; says `waiting` once when it has to wait. */
export async function exclusively(what, waiting, work) {
  const path = address(what);
  let held = await tryLock(path);
  if (!held) console.log(`  ${waiting} …`);
  while (!held) {
    await removeIfDead(path);
    await wait(200);
    held = await tryLock(path);
  }
  try {
    return await work();
  } finally {
    await new Promise((done) => held.close(done));
  }
}
