// `npm test`: everything that must hold, step by step, with what failed in full. The last line is `N passed, N failed`, alone.
// `npm test -- specs lint` runs the named steps only.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../start/build.mjs';
import { install, pinnedNode } from '../start/install.mjs';
import { exclusively } from '../start/lock.mjs';
import { root, Stop } from '../start/step.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'symbolon-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** Runs a program of ours on the pinned Node; its words are shown when it fails (or always, for the ones that print a matrix). */
function program(args, { show = false, environment = {} } = {}) {
  return new Promise((done) => {
    const path = `${join(root, 'node_modules/.bin')}:${process.env.PATH}`;
    const child = spawn(pinnedNode(), args, { cwd: root, env: { ...process.env, ...environment, PATH: path, FORCE_COLOR: '0' }, stdio: ['ignore', 'pipe', 'pipe'] });
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

const endToEnd = 'test-e2e/(?!.*\\.esdb\\.).*\\.spec\\.tsx?$';
const inTwo = { flags: ['--maxWorkers=2'] };

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

const steps = {
  types: check('node_modules/typescript/bin/tsc', '-p', 'tsconfig.specs.json'),
  lint: check('tools/lint/check.mjs'),
  boundaries: check('tools/boundaries/check.mjs'),
  proto: counted('tools/proto/check.mjs'),
  docs: counted('tools/docs/check.mjs'),
  specs: specs('specs', '^(?!.*(\\.int\\.|\\.esdb\\.|test-e2e/)).*\\.spec\\.tsx?$', inTwo),
  integration: specs('integration', '(libs/(?!conformance)|services|tools|deploy).*\\.int\\.spec\\.tsx?$', inTwo),
  conformance: counted('tools/conformance/run.mjs'),
  mutants: counted('tools/conformance/mutants.mjs'),
  eventstoredb: onEventStoreDB,
  'end to end': specs('end-to-end', endToEnd, inTwo),
};

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

async function prepare() {
  try {
    await exclusively('start', 'Another npm start or npm test is preparing this folder; waiting for it', async () => {
      await install();
      await build();
    });
    return { passed: 1, failed: 0 };
  } catch (error) {
    console.log(error instanceof Stop ? error.message : error);
    return { passed: 0, failed: 1 };
  }
}

async function main(wanted) {
  const began = Date.now();
  const unknown = wanted.filter((name) => !(name in steps));
  if (unknown.length > 0) throw new Stop(`There is no step ${unknown.join(', ')}. Steps: ${Object.keys(steps).join(', ')}.`);
  const chosen = Object.entries({ 'install and build': prepare, ...steps }).filter(([name]) => wanted.length === 0 || name === 'install and build' || wanted.includes(name));
  const results = [];
  for (const [name, run] of chosen) {
    const since = Date.now();
    console.log(`── ${name}`);
    const counts = await run();
    results.push({ name, time: seconds(since), ...counts });
    console.log(`   ${name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds(since)}`);
  }
  console.log('');
  for (const { name, time, passed, failed } of results) console.log(`${failed === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(18)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed  ${time.padStart(8)}`);
  console.log(`whole run ${seconds(began)}`);
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
