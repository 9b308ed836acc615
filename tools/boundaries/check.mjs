// Judges who imports whom, then proves every rule: its fixture must fail by that rule and by no other.
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cruise } from 'dependency-cruiser';
import configuration from '../../.dependency-cruiser.mjs';

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
console.log(`boundaries: ${house.length} broken, ${forbidden.length - blind} of ${forbidden.length} rules seen to fail`);
process.exitCode = house.length + blind === 0 ? 0 : 1;
