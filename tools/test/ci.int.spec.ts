import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';

const folder = mkdtempSync(join(tmpdir(), 'symbolon-ci-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `.ci/run` with an npm that says what the two runs of tests would. */
function ci(test: string, deep: string) {
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\necho "ran $2" >&2\nif [ "$2" = test ]; then ${test}; else ${deep}; fi\n`);
  chmodSync(join(folder, 'npm'), 0o755);
  const { status, stdout } = spawnSync('.ci/run', { encoding: 'utf8', env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` } });
  return { status, ran: stdout.match(/^ran .*/gm), last: stdout.trimEnd().split('\n').at(-1) };
}

const ran = ['ran test', 'ran test:deep'];

it.each([
  ['both hold', 'echo "7 passed, 1 failed"; echo "10 passed, 0 failed"', 'echo "5 passed, 0 failed"', { status: 0, ran, last: '15 passed, 0 failed' }],
  ['the first one fails', 'echo "9 passed, 1 failed"; exit 1', 'echo "5 passed, 0 failed"', { status: 1, ran, last: '14 passed, 1 failed' }],
  ['the second one fails', 'echo "10 passed, 0 failed"', 'echo "3 passed, 2 failed"; exit 1', { status: 1, ran, last: '13 passed, 2 failed' }],
  ['one dies before its last line', 'echo "10 passed, 0 failed"', 'echo "half a line"; exit 137', { status: 1, ran, last: '10 passed, 1 failed' }],
  ['one fails without a count', 'echo "10 passed, 0 failed"; exit 3', 'echo "5 passed, 0 failed"', { status: 1, ran, last: '15 passed, 1 failed' }],
])('what a pull request must pass ends with the sum of both runs and a status that tells, where %s', (_, test, deep, expected) => {
  expect(ci(test, deep)).toEqual(expected);
});
