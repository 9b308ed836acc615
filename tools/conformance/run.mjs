// npm run conformance: the suites alone, against the engines that SYMBOLON_TEST_* name; without a name, against what the house starts itself.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;
const engines = Object.keys(process.env).filter((name) => name.startsWith('SYMBOLON_TEST_'));
console.log(`conformance: memory, and Postgres ${engines.includes('SYMBOLON_TEST_POSTGRES') ? 'at SYMBOLON_TEST_POSTGRES' : 'started for it'}`);
const report = join(mkdtempSync(join(tmpdir(), 'symbolon-conformance-')), 'result.json');
const args = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', 'libs/conformance', '--verbose', '--json', '--outputFile', report, ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
  console.log(`${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`);
}
rmSync(dirname(report), { recursive: true, force: true });
process.exit(status ?? 1);
