// Lints the house, then proves that the rules which catch silent faults still fire: each fixture must fail by its rule.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const oxlint = (...args) => spawnSync(process.execPath, [join(root, 'node_modules/oxlint/bin/oxlint'), ...args], { cwd: root, encoding: 'utf8' });

const house = oxlint();
process.stdout.write(house.stdout + house.stderr);
let failures = house.status === 0 ? 0 : 1;

// The fixtures are ignored in the house's own run; here the same configuration is used without that line.
const configuration = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8'));
configuration.ignorePatterns = ['node_modules'];
const beside = join(root, '.oxlintrc.fixtures.json');
writeFileSync(beside, JSON.stringify(configuration));
try {
  for (const [file, rule] of [
    ['floating.ts', 'no-floating-promises'],
    ['focused.spec.ts', 'no-focused-tests'],
  ]) {
    const { status, stdout } = oxlint('-c', beside, `tools/lint/fixtures/${file}`);
    if (status !== 0 && stdout.includes(rule)) continue;
    failures += 1;
    console.log(`fixture ${file} did not fail by ${rule}: the rule sees nothing\n${stdout}`);
  }
} finally {
  rmSync(beside);
}
console.log(failures === 0 ? 'lint: clean, and the fixtures fail as they must' : `lint: ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
