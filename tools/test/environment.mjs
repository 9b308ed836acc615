// Where spec files run: Node as it is, and nothing that a file starts outlives it.
import { TestEnvironment } from 'jest-environment-node';
import { endLeftBehind, mark } from './left-behind.mjs';

// A worker whose jest was killed would go on with its file, and keep all that the file started.
if (process.send) process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));

const own = mark(); // before a file sees the environment

/** A file that leaves a process behind fails by its name, and the process is ended. */
export default class Environment extends TestEnvironment {
  async teardown() {
    await super.teardown();
    const left = await endLeftBehind(own);
    if (left.length > 0) throw new Error(`This file left processes behind: ${left.join(' · ')}`);
  }
}
