// Judges who imports whom and which files have to be pure, then proves every rule: its fixture must fail by that rule and by no other.
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cruise } from 'dependency-cruiser';
import configuration from '../../.dependency-cruiser.mjs';
import { impuritiesOf, PURE } from './pure.mjs';

const root = resolve(import.meta.dirname, '../..');
const fixtures = join(root, 'tools/boundaries/fixtures');
const { forbidden, options } = configuration;

async function violations(folder, paths) {
  process.chdir(folder);
  const { output } = await cruise(paths, { ...options, ruleSet: { forbidden, options }, validate: true });
  return output.summary.violations;
}
const sources = ['libs', 'services'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}/src`));
const house = await violations(root, [...sources, ...(readdirSync(root).includes('test-e2e') ? ['test-e2e'] : [])]);
const comment = new Map(forbidden.map(({ name, comment }) => [name, comment]));
for (const { from, to, rule } of house) console.log(`${from}\n  imports ${to}\n  ${rule.name}: ${comment.get(rule.name)}`);

let blind = 0;
for (const { name } of forbidden) {
  const found = readdirSync(fixtures).includes(name) ? await violations(join(fixtures, name), ['.']) : [];
  const names = new Set(found.map(({ rule }) => rule.name));
  if (names.has(name) && names.size === 1) continue;
  blind += 1;
  console.log(`fixture ${name}: ${names.size === 0 ? 'no rule fired' : `fired ${[...names].join(', ')}`}, expected ${name} alone`);
}

const impure = [];
for (const folder of sources)
  for (const file of globSync(`${folder}/**/*.ts`, { cwd: root }).filter((name) => PURE.test(name)))
    for (const found of impuritiesOf(join(root, file))) impure.push(`${file}\n  ${found}: time, ids and randomness are data on the command, and the answer comes at once`);
for (const line of impure) console.log(line);

// The first line of a fixture names the one thing that is wrong with it.
const impureFixtures = readdirSync(join(root, 'tools/boundaries/impure')).map((name) => join(root, 'tools/boundaries/impure', name));
for (const path of impureFixtures) {
  const expected = /^\/\/ (.*)$/m.exec(readFileSync(path, 'utf8'))?.[1];
  const found = impuritiesOf(path);
  if (PURE.test(path) && found.length === 1 && found[0] === expected) continue;
  blind += 1;
  console.log(`fixture ${path}: found ${found.join(', ') || 'nothing'}, expected ${expected} alone`);
}

const rules = forbidden.length + impureFixtures.length;
console.log(`boundaries: ${house.length + impure.length} broken, ${rules - blind} of ${rules} rules seen to fail`);
process.exitCode = house.length + impure.length + blind === 0 ? 0 : 1;
