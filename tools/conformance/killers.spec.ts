import { describe, expect, it } from '@jest/globals';
import { killersOf, TRIES } from './killers.mjs';
import type { Run } from './killers.mjs';

const run = (hasEnded: boolean, ...statuses: string[]): Run => ({ hasEnded, tests: new Map(statuses.map((status, at) => [`test ${at}`, { fullName: `test ${at}`, status }])) });

/** What is found when the runs of a mutant give these, one after another; the last one again and again. */
async function found(...runs: Run[]) {
  let count = 0;
  const { by, why } = await killersOf(async () => runs[Math.min(count++, runs.length - 1)]!);
  return { by: by.map(({ fullName }) => fullName), survived: why !== undefined, runs: count };
}

describe('a mutant', () => {
  it('is killed by the tests that fail', async () => expect(await found(run(true, 'passed', 'failed', 'failed'))).toEqual({ by: ['test 1', 'test 2'], survived: false, runs: 1 }));

  it('survives a run that came to no end when no test said no', async () => expect(await found(run(false, 'passed'))).toEqual({ by: [], survived: true, runs: 1 }));

  it('is killed by a test that said no before its run was cut off', async () => expect(await found(run(false, 'failed'))).toEqual({ by: ['test 0'], survived: false, runs: 1 }));

  it('survives where no test could run', async () => expect(await found(run(true))).toEqual({ by: [], survived: true, runs: 1 }));

  it('is tried again when it passed, for it may be a race', async () => {
    expect(await found(run(true, 'passed'), run(true, 'passed'), run(true, 'failed'))).toEqual({ by: ['test 0'], survived: false, runs: 3 });
    expect(await found(run(true, 'passed'))).toEqual({ by: [], survived: true, runs: TRIES });
  });
});
