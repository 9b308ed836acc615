// Runs spec files against a copy of an adapter: whatever is looked for in its folder is found in the copy.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyPatch } from './patch.mjs';

export const root = new URL('../..', import.meta.url).pathname;
export const work = join(root, 'node_modules/.cache/symbolon-mutants', String(process.pid)); // two may run at once
const LONGEST = 60_000;

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

/** What became of each test; undefined when the run hung or crashed as a whole. */
export const jest = (at, specs) =>
  new Promise((resolve) => {
    const output = join(at, 'result.json');
    rmSync(output, { force: true });
    const flags = ['--json', '--outputFile', output, '--forceExit', '--silent', '--runInBand', '--testTimeout', '5000', '--runTestsByPath', ...specs];
    const args = ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js'), '-c', join(at, 'jest.config.mjs'), ...flags];
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'ignore', env: { ...process.env, SYMBOLON_CONFORMANCE: 'quick' } });
    const late = setTimeout(() => child.kill('SIGKILL'), LONGEST);
    child.on('exit', () => {
      clearTimeout(late);
      resolve(readResult(output));
    });
  });

const readResult = (output) => {
  try {
    const tests = JSON.parse(readFileSync(output, 'utf8')).testResults.flatMap(({ assertionResults }) => assertionResults);
    return new Map(tests.map(({ fullName, status }) => [fullName, status]));
  } catch {
    return undefined;
  }
};
