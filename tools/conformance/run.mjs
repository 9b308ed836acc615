// npm run conformance: the suites alone, against the engines that SYMBOLON_TEST_* name; without a name, against what the house starts itself.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { endWithParent, tied } from '../test/tied.mjs';
import { eventStoreDB } from './eventstoredb.mjs';

void endWithParent();

const root = new URL('../..', import.meta.url).pathname;
const { url, where, missing, close } = await eventStoreDB();
const engines = ['memory', `Postgres ${process.env.SYMBOLON_TEST_POSTGRES ? 'at SYMBOLON_TEST_POSTGRES' : 'started for it'}`, ...(url ? [`EventStoreDB ${where}`] : [])];
console.log(`conformance: ${engines.join(', ')}`);
if (missing) console.log(`EventStoreDB: skipped, ${missing}`);

const report = join(mkdtempSync(join(tmpdir(), 'symbolon-conformance-')), 'result.json');
const files = url ? 'libs/conformance' : 'libs/conformance/(?!.*eventstoredb)'; // a file that is left out is no test that was skipped
const args = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--testPathPatterns', files, '--maxWorkers=2', '--verbose', '--json', '--outputFile', report, ...process.argv.slice(2)];
const child = spawn(...tied(process.execPath, args), { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...(url && { SYMBOLON_TEST_EVENTSTOREDB: url }) } });
const status = await new Promise((done) => child.on('error', () => done(1)).on('exit', done));
await close();
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
  console.log(`${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`);
}
rmSync(dirname(report), { recursive: true, force: true });
process.exit(status ?? 1);
