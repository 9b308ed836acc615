// Runs spec files against a copy of an adapter: whatever is looked for in its folder is found in the copy.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tied } from '../test/tied.mjs';
import { applyPatch } from './patch.mjs';

export const root = new URL('../..', import.meta.url).pathname;
export const work = join(root, 'node_modules/.cache/symbolon-mutants', String(process.pid)); // two may run at once
/** A run may take this long, in milliseconds: many times what it takes on a slow machine. */
const LONGEST = 300_000;

const resultsOf = (at) => join(at, 'results.jsonl');

const resolver = (lib, copy) => `
module.exports = (path, options) => {
  const found = options.defaultResolver(path, options);
  return found.startsWith(${JSON.stringify(lib)}) ? ${JSON.stringify(copy)} + found.slice(${lib.length}) : found;
};
`;

const configuration = (at) => `
import house from ${JSON.stringify(join(root, 'jest.config.mjs'))};
export default {
  ...house,
  rootDir: ${JSON.stringify(root)},
  resolver: ${JSON.stringify(join(at, 'resolver.cjs'))},
  testEnvironment: ${JSON.stringify(join(root, 'tools/conformance/environment.mjs'))},
  reporters: [[${JSON.stringify(join(root, 'tools/conformance/reporter.mjs'))}, { output: ${JSON.stringify(resultsOf(at))} }]],
  transformIgnorePatterns: ['/node_modules/(?!\\\\.cache/symbolon-mutants)'],
};
`;

/** A folder in which jest finds the adapter with `patch` applied; without one, as it is. */
export const prepare = (adapter, name, patch) => {
  const at = join(work, name);
  const [lib, copy] = [join(root, 'libs', adapter, '/'), join(at, adapter, '/')];
  mkdirSync(at, { recursive: true });
  cpSync(lib, copy, { recursive: true, filter: (path) => !/\/dist$|\.spec\.ts$/.test(path) });
  if (patch) {
    const file = join(at, patch.file.replace(/^libs\//, ''));
    writeFileSync(file, applyPatch(readFileSync(file, 'utf8'), patch));
  }
  writeFileSync(join(at, 'resolver.cjs'), resolver(lib, copy));
  writeFileSync(join(at, 'jest.config.mjs'), configuration(at));
  return at;
};

/**
 * What became of each test: `status`, its `duration` in milliseconds, and `isLate` when nothing but its guard ended it. `hasEnded` is false when the run
 * was cut off: then only the tests are there that came to an end before. `guards`: milliseconds for a test, by its name.
 */
export const jest = (at, specs, guards = {}) =>
  new Promise((resolve) => {
    rmSync(resultsOf(at), { force: true });
    const flags = ['--forceExit', '--silent', '--runInBand', '--testTimeout', '60000', '--runTestsByPath', ...specs];
    const args = ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js'), '-c', join(at, 'jest.config.mjs'), ...flags];
    const environment = { SYMBOLON_CONFORMANCE: 'quick', SYMBOLON_CONFORMANCE_GUARDS: JSON.stringify(guards) };
    const child = spawn(...tied(process.execPath, args), { cwd: root, stdio: 'ignore', env: { ...process.env, ...environment } });
    let hasEnded = true;
    const late = setTimeout(() => {
      hasEnded = false;
      child.kill('SIGKILL');
    }, LONGEST);
    child.on('exit', () => {
      clearTimeout(late);
      resolve({ hasEnded, tests: readResults(at) });
    });
  });

const readResults = (at) => {
  if (!existsSync(resultsOf(at))) return new Map();
  const lines = readFileSync(resultsOf(at), 'utf8').split('\n').filter((line) => line.endsWith('}'));
  return new Map(lines.map((line) => JSON.parse(line)).map((result) => [result.fullName, result]));
};
