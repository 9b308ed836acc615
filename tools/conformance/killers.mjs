// Who killed a mutant. A run that was cut off, or did not even begin, says nothing by itself: only a test does.

/** A race shows itself by chance: what nobody killed is tried again before it counts as a survivor. */
export const TRIES = 10;

/** Tries one mutant with `run`, which answers as `jest` of jest.mjs does: `by`, the tests that failed, and `why` it survived when there are none. */
export async function killersOf(run) {
  for (let left = TRIES; left > 0; left -= 1) {
    const { hasEnded, tests } = await run();
    const by = [...tests.values()].filter(({ status }) => status === 'failed');
    if (by.length > 0) return { by };
    if (!hasEnded) return { by, why: 'its run came to no end, and no test said no before' };
    if (tests.size === 0) return { by, why: 'no test ran on it' };
  }
  return { by: [], why: `in ${TRIES} runs no test said no` };
}
