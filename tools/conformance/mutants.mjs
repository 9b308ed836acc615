// Every mutant of an adapter must be killed by a test, and every test of an adapter must kill one of its mutants. Prints who killed whom.
// `--few` tries the quick ones alone that every change is tried with; parts of names, the mutants that have them.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endWithParent } from '../test/tied.mjs';
import { adapters } from './adapters.mjs';
import { jest, prepare, root, work } from './jest.mjs';
import { killersOf } from './killers.mjs';
import { parsePatch } from './patch.mjs';

const folder = join(root, 'libs/conformance/mutants');
/**
 * Milliseconds after which a test of a mutant waits in vain: by what it took on the adapter as it is, on this machine and alone, for a mutant's run shares
 * the machine with others.
 */
const guardsOf = (sound) => Object.fromEntries([...sound].map(([test, { duration }]) => [test, 7_000 + 5 * duration]));

const inParallel = async (atOnce, jobs) => {
  const left = [...jobs];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let job = left.shift(); job; job = left.shift()) await job();
  }));
};

/** What the adapter as it is does to its tests; throws when one of them fails, for mutants say nothing then. */
const soundOf = async (name, specs) => {
  const { hasEnded, tests } = await jest(prepare(name, `${name}-as-it-is`), specs);
  const failing = [...tests.values()].filter(({ status }) => status !== 'passed').map(({ fullName }) => fullName);
  if (!hasEnded || tests.size === 0 || failing.length > 0) throw new Error(`The adapter ${name} as it is fails its tests; mutants say nothing then: ${failing.join(', ') || 'they do not end'}`);
  return tests;
};

/** Tries the mutants of one adapter: its tests, who killed each mutant, and what is wrong. */
const tried = async (name, mutants, isWhole) => {
  const { specsOf, atOnce } = adapters[name];
  const sound = await soundOf(name, [...new Set(mutants.flatMap(({ patch }) => specsOf(patch.file)))]);
  const [killers, faults] = [new Map(), []];
  await inParallel(atOnce, mutants.map(({ mutant, patch }) => async () => {
    try {
      const at = prepare(name, mutant, patch);
      const { by, why } = await killersOf(() => jest(at, specsOf(patch.file), guardsOf(sound)));
      killers.set(mutant, by);
      if (why) faults.push(`${mutant} survived: ${why}`);
    } catch (error) {
      faults.push(`${mutant}: ${error.message}`);
    }
  }));
  const tests = [...sound.keys()];
  const useful = new Set([...killers.values()].flat().map(({ fullName }) => fullName));
  if (isWhole) for (const test of tests) if (!useful.has(test)) faults.push(`no mutant is killed by: ${test}`);
  return { tests, killers, faults, count: mutants.length + (isWhole ? tests.length : 0) };
};

const print = (name, { tests, killers }) => {
  console.log(`${name}\n${tests.map((test, index) => `${String(index + 1).padStart(3)}  ${test}`).join('\n')}\n`);
  const words = ({ fullName, isLate }) => `${tests.indexOf(fullName) + 1 || fullName}${isLate ? '~' : ''}`;
  for (const [mutant, by] of [...killers].sort()) console.log(mutant.padEnd(32), by.map(words).join(' ') || 'SURVIVED');
  console.log(`\n${killers.size} mutants, ${tests.length} tests; ~ waited for what never came\n`);
};

void endWithParent();
const few = process.argv.includes('--few');
const only = process.argv.slice(2).filter((word) => word !== '--few');
const isChosen = (mutant) => (few ? Object.values(adapters).some((adapter) => adapter.few.includes(mutant)) : only.length === 0 || only.some((part) => mutant.includes(part)));
const chosen = readdirSync(folder)
  .filter((file) => file.endsWith('.patch') && isChosen(file.slice(0, -6)))
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
  try {
    const result = await tried(name, mine, !few && only.length === 0);
    print(name, result);
    for (const fault of result.faults) console.error(fault);
    count += result.count;
    faults += result.faults.length;
  } catch (error) {
    console.error(error.message);
    count += 1;
    faults += 1;
  } finally {
    await close();
  }
}));
rmSync(work, { recursive: true, force: true, maxRetries: 3 });
console.log(`${Math.round((Date.now() - began) / 1000)} s`);
console.log(`${count - faults} passed, ${faults} failed`);
process.exit(faults > 0 ? 1 : 0);
