// Every mutant of the Postgres adapter must be killed by a suite, and every test of a suite must kill a mutant. Prints who killed whom.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedServer } from '../../libs/postgres/dist/index.js';
import { applyPatch, parsePatch } from './patch.mjs';

const root = new URL('../..', import.meta.url).pathname;
const folder = join(root, 'libs/conformance/mutants');
const work = join(root, 'node_modules/.cache/symbolon-mutants');
const AT_ONCE = Number(process.env.SYMBOLON_MUTANTS_AT_ONCE ?? 6); // they mostly wait: for leases, deadlines and what never comes
const LONGEST = 60_000;

/** The suites that a change of this file can turn red. */
const suitesOf = (file) => {
  if (/progress|rows/.test(file)) return ['progress'];
  if (/bus/.test(file)) return ['bus'];
  if (/event-store|migrations\/es/.test(file)) return ['store'];
  return ['store', 'bus'];
};

/** A jest configuration in which @symbolon/postgres is the copy. */
const configuration = (copy) => `
import house from ${JSON.stringify(join(root, 'jest.config.mjs'))};
export default {
  ...house,
  rootDir: ${JSON.stringify(root)},
  transformIgnorePatterns: ['/node_modules/(?!\\\\.cache/symbolon-mutants)'],
  moduleNameMapper: { ${copy ? `'^@symbolon/postgres$': ${JSON.stringify(join(copy, 'src/index.ts'))},` : ''} ...house.moduleNameMapper },
};
`;

const jest = (at, suites) =>
  new Promise((resolve) => {
    const config = join(at, 'jest.config.mjs');
    const output = join(at, 'result.json');
    rmSync(output, { force: true });
    const pattern = `libs/conformance/src/postgres-(${suites.join('|')}).int.spec.ts`;
    const args = ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js'), '-c', config, '--json', '--outputFile', output, '--forceExit', '--silent', '--runInBand', '--testTimeout', '5000', '--testPathPatterns', pattern];
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
    return undefined; // it hung or crashed as a whole
  }
};

/** A race shows itself by chance: what nobody killed is tried again before it counts as a survivor. */
const TRIES = 5;

const killersOf = async (at, suites) => {
  for (let left = TRIES; left > 0; left -= 1) {
    const result = await jest(at, suites);
    const failed = result ? [...result].filter(([, status]) => status === 'failed').map(([test]) => test) : ['(nothing came to an end)'];
    if (failed.length > 0) return failed;
  }
  return [];
};

const prepare = (name, patch) => {
  const at = join(work, name);
  mkdirSync(at, { recursive: true });
  const copy = patch && join(at, 'postgres');
  if (copy) {
    cpSync(join(root, 'libs/postgres'), copy, { recursive: true, filter: (path) => !/\/dist$|\.spec\.ts$/.test(path) });
    const file = join(at, patch.file.replace(/^libs\//, ''));
    writeFileSync(file, applyPatch(readFileSync(file, 'utf8'), patch));
  }
  writeFileSync(join(at, 'jest.config.mjs'), configuration(copy));
  return at;
};

const inParallel = async (jobs) => {
  const left = [...jobs];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let job = left.shift(); job; job = left.shift()) await job();
  }));
};

const only = process.argv.slice(2);
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const data = mkdtempSync(join(tmpdir(), 'symbolon-mutants-'));
const server = process.env.SYMBOLON_TEST_POSTGRES ? undefined : await embeddedServer({ dataDir: data, settings: { fsync: 'off', max_connections: '400' } });
if (server) process.env.SYMBOLON_TEST_POSTGRES = server.url;
const end = async (code) => {
  await server?.stop();
  for (const folder of [work, data]) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.exit(code);
};
const names = readdirSync(folder).filter((file) => file.endsWith('.patch')).map((file) => file.slice(0, -6)).filter((name) => only.length === 0 || only.some((part) => name.includes(part)));
const began = Date.now();
const sound = await jest(prepare('sound'), ['store', 'bus', 'progress']);
const failing = sound && [...sound].filter(([, status]) => status !== 'passed');
if (!sound || failing.length > 0) {
  console.error('The adapter as it is fails the suites; mutants say nothing then.', failing ?? '');
  await end(1);
}
const killers = new Map();
const faults = [];
await inParallel(names.map((name) => async () => {
  try {
    const patch = parsePatch(readFileSync(join(folder, `${name}.patch`), 'utf8'));
    killers.set(name, await killersOf(prepare(name, patch), suitesOf(patch.file)));
  } catch (error) {
    faults.push(`${name}: ${error.message}`);
  }
}));

const tests = [...sound.keys()];
console.log(tests.map((test, index) => `${String(index + 1).padStart(3)}  ${test}`).join('\n'), '\n');
for (const name of names) console.log(name.padEnd(32), (killers.get(name) ?? []).map((test) => tests.indexOf(test) + 1 || test).join(' ') || 'SURVIVED');
const survivors = names.filter((name) => killers.get(name)?.length === 0);
const idle = only.length > 0 ? [] : tests.filter((test) => ![...killers.values()].flat().includes(test));
console.log(`\n${names.length} mutants, ${tests.length} tests, ${Math.round((Date.now() - began) / 1000)} s`);
for (const name of survivors) faults.push(`${name} survived`);
for (const test of idle) faults.push(`no mutant is killed by: ${test}`);
for (const fault of faults) console.error(fault);
console.log(`${names.length + tests.length - faults.length} passed, ${faults.length} failed`);
await end(faults.length > 0 ? 1 : 0);
