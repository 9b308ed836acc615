import { createRequire } from 'node:module';
import { hash } from '@node-rs/argon2';

const place = process.env.SYMBOLON_BENCH_ARGON2;
const COUNT = 40;

/** Hashes for each second of processor time, one after another: what else the machine does takes no part in it. */
async function perProcessorSecond(work) {
  const before = process.cpuUsage();
  for (let left = COUNT; left > 0; left -= 1) await work();
  const { user, system } = process.cpuUsage(before);
  return COUNT / ((user + system) / 1e6);
}

/** The package that we take and the one that carries the name of the algorithm, which is no dependency: SYMBOLON_BENCH_ARGON2 names a folder where it was installed. */
export const figure = {
  what: 'argon2id hashes (19 MiB, t=2, p=1) a second of processor time: `@node-rs/argon2`',
  against: '`argon2`',
  goal: '≥ 1',
  unit: '/s',
  rounds: 9,
  missing: () => (place ? undefined : 'SYMBOLON_BENCH_ARGON2 names no folder in which `npm install argon2` was done'),
  async prepare() {
    const other = createRequire(`${place}/`)('argon2');
    const sizes = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
    return {
      sides: {
        product: () => perProcessorSecond(() => hash('a password that nobody has', { algorithm: 2, ...sizes })),
        peer: () => perProcessorSecond(() => other.hash('a password that nobody has', { type: other.argon2id, ...sizes })),
      },
    };
  },
};
