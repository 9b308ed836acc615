// `npm test`: everything that a change can break, step by step, with what failed in full. `npm run test:deep` (`--deep`): what takes long. The last line
// of either is `N passed, N failed`, alone. `npm test -- specs lint` runs the named steps only.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pinnedNode } from '../start/install.mjs';
import { prepare } from '../start/prepare.mjs';
import { root, Stop } from '../start/step.mjs';
import { databaseOfTests, endLeftBehind, endRest, mark, running } from './left-behind.mjs';
import { endWithParent, tied } from './tied.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'symbolon-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
void endWithParent();

/** Runs a program of ours on the pinned Node; its words are shown when it fails (or always, for the ones that print a matrix). */
function program(args, { show = false, environment = {} } = {}) {
  return new Promise((done) => {
    const path = `${join(root, 'node_modules/.bin')}:${process.env.PATH}`;
    const child = spawn(...tied(pinnedNode(), args), { cwd: root, env: { ...process.env, ...environment, PATH: path, FORCE_COLOR: '0' }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
        if (show) process.stdout.write(chunk);
      });
    child.on('error', (error) => done({ status: 1, output: String(error) }));
    child.on('close', (status) => {
      if (status !== 0 && !show) process.stdout.write(output);
      done({ status: status ?? 1, output });
    });
  });
}

/** One check that holds or does not. */
const check = (...args) => async () => {
  const { status } = await program(args);
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
};

/** A program that ends with `N passed, N failed` of its own. */
const counted = (...args) => async () => {
  if (!existsSync(join(root, args[0]))) {
    console.log(`${args[0]} is missing`);
    return { passed: 0, failed: 1 };
  }
  const { status, output } = await program(args, { show: true });
  const counts = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  const passed = counts ? Number(counts[1]) : Number(status === 0);
  const failed = counts ? Number(counts[2]) : 0;
  return { passed, failed: status !== 0 && failed === 0 ? 1 : failed };
};

/** Specs by jest. A file that cannot be loaded, and a run without any test, count as failures. */
const specs = (name, pattern, { environment, flags = [] } = {}) => async () => {
  const report = join(scratch, `${name}.json`);
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const { status } = await program([...jest, '--silent=false', '--json', `--outputFile=${report}`, '--testPathPatterns', pattern, ...flags], { environment });
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { numPassedTests: passed, numFailedTests, numRuntimeErrorTestSuites, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  if (numPendingTests > 0) console.log(`${numPendingTests} skipped: a test that does not run proves nothing`);
  const failed = numFailedTests + numRuntimeErrorTestSuites + numPendingTests;
  return { passed, failed: failed === 0 && (status !== 0 || passed === 0) ? 1 : failed };
};

const endToEnd = 'test-e2e/(?!.*\\.(esdb|deep)\\.).*\\.spec\\.tsx?$';
const inTwo = { flags: ['--maxWorkers=2'] };
const deep = { SYMBOLON_TEST_DEEP: 'yes' };

/** A real EventStoreDB, which the tests start, kill and freeze themselves: its faults, and the same end-to-end files on it. */
const onEventStoreDB = async () => {
  if (!process.env.SYMBOLON_TEST_EVENTSTOREDB_PROGRAM) {
    console.log('skipped: SYMBOLON_TEST_EVENTSTOREDB_PROGRAM names no program that runs a server (docs/eventstoredb.md)');
    return { passed: 0, failed: 0 };
  }
  const faults = await specs('eventstoredb', '\\.esdb\\.spec\\.tsx?$', { flags: ['--runInBand'] })();
  const same = await specs('end-to-end-on-eventstoredb', endToEnd, { ...inTwo, environment: { SYMBOLON_TEST_PRODUCT_ON: 'eventstoredb' } })();
  return { passed: faults.passed + same.passed, failed: faults.failed + same.failed };
};

const ownMark = mark();
const ownDatabase = databaseOfTests(root);
const before = new Set(running(ownDatabase));

/** Whatever the steps before it started is gone. */
const nothingLeft = async () => {
  const left = [...(await endLeftBehind(ownMark)), ...(await endRest((pid) => ownDatabase(pid) && !before.has(pid)))];
  for (const words of left) console.log(`left behind: ${words}`);
  return { passed: Number(left.length === 0), failed: Number(left.length > 0) };
};

/** What a change can break. */
const daily = {
  types: check('node_modules/typescript/bin/tsc', '-p', 'tsconfig.specs.json'),
  lint: check('tools/lint/check.mjs'),
  boundaries: check('tools/boundaries/check.mjs'),
  proto: counted('tools/proto/check.mjs'),
  docs: counted('tools/docs/check.mjs'),
  specs: specs('specs', '^(?!.*(\\.int\\.|\\.esdb\\.|\\.deep\\.|test-e2e/)).*\\.spec\\.tsx?$', inTwo),
  integration: specs('integration', '(libs/(?!conformance)|services|tools|deploy).*\\.int\\.spec\\.tsx?$', inTwo),
  conformance: counted('tools/conformance/run.mjs'),
  'few mutants': counted('tools/conformance/mutants.mjs', '--few'),
  'end to end': specs('end-to-end', endToEnd, inTwo),
  'nothing left': nothingLeft,
};

/** What needs an hour rather than minutes: more of the same, and engines that not everybody has. */
const long = {
  'all mutants': counted('tools/conformance/mutants.mjs'),
  properties: specs('properties', '(position|rows|flat-message)\\.spec\\.ts$', { flags: ['--setupFiles', '<rootDir>/tools/test/many-runs.mjs'] }),
  'deep end to end': specs('deep-end-to-end', '(test-e2e/(accessibility|kills|put-out-model)|\\.deep)\\.spec\\.ts$', { ...inTwo, environment: deep }),
  eventstoredb: onEventStoreDB,
  'nothing left': nothingLeft,
};

const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

/** Milliseconds of processor time of all programs that ended so far and were waited for. The kernel counts in hundredths of a second. */
function processorTime() {
  if (process.platform !== 'linux') return 0;
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
  return 10 * (Number(fields[13]) + Number(fields[14]));
}

/** Runs one step, and says how long it took and what it cost. */
async function timed(name, run) {
  const [since, spent] = [Date.now(), processorTime()];
  console.log(`── ${name}`);
  const counts = await run();
  const [time, processor] = [seconds(Date.now() - since), seconds(processorTime() - spent)];
  console.log(`   ${name}: ${counts.passed} passed, ${counts.failed} failed, ${time}, ${processor} of processor`);
  return { name, time, processor, ...counts };
}

const prepared = async () => {
  try {
    await prepare();
    return { passed: 1, failed: 0 };
  } catch (error) {
    console.log(error instanceof Stop ? error.message : error);
    return { passed: 0, failed: 1 };
  }
};

async function main(words) {
  const began = Date.now();
  const isDeep = words.includes('--deep');
  const wanted = words.filter((word) => word !== '--deep');
  const all = { ...daily, ...long };
  const unknown = wanted.filter((name) => !(name in all));
  if (unknown.length > 0) throw new Stop(`There is no step ${unknown.join(', ')}. Steps: ${Object.keys(all).join(', ')}.`);
  const chosen = wanted.length > 0 ? Object.entries(all).filter(([name]) => wanted.includes(name)) : Object.entries(isDeep ? long : daily);
  const results = [await timed('install and build', prepared)];
  for (const [name, run] of chosen) results.push(await timed(name, run));
  console.log('');
  for (const { name, time, processor, passed, failed } of results)
    console.log(`${failed === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(18)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed  ${time.padStart(8)}  ${processor.padStart(8)} of processor`);
  console.log(`whole run ${seconds(Date.now() - began)}, ${seconds(processorTime())} of processor`);
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  process.exitCode = total('failed') === 0 ? 0 : 1;
  console.log(`${total('passed')} passed, ${total('failed')} failed`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Stop ? error.message : error);
  process.exitCode = 1;
}
