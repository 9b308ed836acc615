// Every mutant of an adapter must be killed by a test, and every test of an adapter must kill one of its mutants. Prints who killed whom.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { adapters } from './adapters.mjs';
import { jest, prepare, root, work } from './jest.mjs';
import { parsePatch } from './patch.mjs';

const folder = join(root, 'libs/conformance/mutants');
/** A race shows itself by chance: what nobody killed is tried again before it counts as a survivor. */
const TRIES = 10;

const killersOf = async (at, specs) => {
  for (let left = TRIES; left > 0; left -= 1) {
    const result = await jest(at, specs);
    const failed = result ? [...result].filter(([, status]) => status === 'failed').map(([test]) => test) : ['(nothing came to an end)'];
    if (failed.length > 0) return failed;
  }
  return [];
};

const inParallel = async (atOnce, jobs) => {
  const left = [...jobs];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let job = left.shift(); job; job = left.shift()) await job();
  }));
};

/** Tries the mutants of one adapter: its tests, who killed each mutant, and what is wrong. */
const tried = async (name, mutants, isWhole) => {
  const { specs, specsOf, atOnce } = adapters[name];
  const sound = await jest(prepare(name, `${name}-as-it-is`), specs);
  const failing = sound && [...sound].flatMap(([test, status]) => (status === 'passed' ? [] : [test]));
  if (!sound || failing.length > 0) return { tests: [], killers: new Map(), faults: [`The adapter ${name} as it is fails its tests; mutants say nothing then: ${failing?.join(', ') ?? 'they do not end'}`], count: 1 };
  const [killers, faults] = [new Map(), []];
  await inParallel(atOnce, mutants.map(({ mutant, patch }) => async () => {
    try {
      killers.set(mutant, await killersOf(prepare(name, mutant, patch), specsOf(patch.file)));
    } catch (error) {
      faults.push(`${mutant}: ${error.message}`);
    }
  }));
  const tests = [...sound.keys()];
  for (const [mutant, by] of killers) if (by.length === 0) faults.push(`${mutant} survived`);
  if (isWhole) for (const test of tests) if (![...killers.values()].flat().includes(test)) faults.push(`no mutant is killed by: ${test}`);
  return { tests, killers, faults, count: mutants.length + tests.length };
};

const print = (name, { tests, killers }) => {
  console.log(`${name}\n${tests.map((test, index) => `${String(index + 1).padStart(3)}  ${test}`).join('\n')}\n`);
  for (const [mutant, by] of [...killers].sort()) console.log(mutant.padEnd(32), by.map((test) => tests.indexOf(test) + 1 || test).join(' ') || 'SURVIVED');
  console.log(`\n${killers.size} mutants, ${tests.length} tests\n`);
};

const only = process.argv.slice(2);
const chosen = readdirSync(folder)
  .filter((file) => file.endsWith('.patch') && (only.length === 0 || only.some((part) => file.includes(part))))
  .map((file) => ({ mutant: file.slice(0, -6), patch: parsePatch(readFileSync(join(folder, file), 'utf8'), file) }));
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const began = Date.now();
let [count, faults] = [0, 0];
await Promise.all(Object.entries(adapters).map(async ([name, { missing, open }]) => {
  const mine = chosen.filter(({ patch }) => patch.file.startsWith(`libs/${name}/`));
  if (missing && mine.length > 0) console.log(`${mine.length} mutants of ${name}: skipped, ${missing}`);
  if (missing || mine.length === 0) return;
  const close = await open();
  const result = await tried(name, mine, only.length === 0).finally(close);
  print(name, result);
  for (const fault of result.faults) console.error(fault);
  count += result.count;
  faults += result.faults.length;
}));
rmSync(work, { recursive: true, force: true, maxRetries: 3 });
console.log(`${Math.round((Date.now() - began) / 1000)} s`);
console.log(`${count - faults} passed, ${faults} failed`);
process.exit(faults > 0 ? 1 : 0);
