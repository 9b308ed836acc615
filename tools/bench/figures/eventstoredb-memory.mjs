import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fill, missing, openServer } from '../eventstoredb.mjs';

const EVENTS = 40_000;
const program = fileURLToPath(new URL('../peers/slow-follower.mjs', import.meta.url));

/** Resident memory of a process whose follower is far behind a slow handler, against the same process with nothing to follow. */
export const figure = {
  what: `EventStoreDB: memory of a follower ${EVENTS} events behind a slow handler`,
  against: 'at rest',
  goal: '≤ 1.2',
  unit: 'MB',
  rounds: 5,
  warmUp: 1,
  missing,
  async prepare() {
    const { url, store, close } = await openServer();
    await fill(store, 'profile', EVENTS);
    const megabytes = (from) => {
      const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', program, url, from, '12000'], { encoding: 'utf8' });
      if (!stdout.startsWith('{')) throw new Error(stderr);
      const said = JSON.parse(stdout);
      if (from === 'start' && (said.handled === 0 || said.handled === EVENTS)) throw new Error(`handled ${said.handled}: it was not behind`);
      return said.megabytes;
    };
    return { sides: { product: async () => megabytes('start'), peer: async () => megabytes('end') }, close };
  },
};
