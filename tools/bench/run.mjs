// npm run bench [-- name …]: every figure (a name stands for all that begin with it, as `idle` does) of docs/performance.md, each side in turn in one run, with its raw samples beside the page.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { endWithParent } from '../test/tied.mjs';
import { median, spread } from './statistics.mjs';

void endWithParent();

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error('Measure on the pinned Node: npm run bench.');
  process.exit(1);
}

const here = new URL('./', import.meta.url);
const docs = new URL('../../docs/', import.meta.url);
const asked = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const names = readdirSync(new URL('figures/', here)).filter((file) => file.endsWith('.mjs')).map((file) => file.slice(0, -4)).sort().filter((name) => asked.length === 0 || asked.some((word) => name === word || name.startsWith(`${word}-`)));
if (names.length === 0) {
  console.error(`No figure of that name. There are: ${readdirSync(new URL('figures/', here)).join(', ').replaceAll('.mjs', '')}`);
  process.exit(1);
}

/** One figure: sides are measured in turn, `rounds` times, after a round that does not count. */
async function measure(name) {
  const { figure } = await import(new URL(`figures/${name}.mjs`, here));
  const missing = figure.missing?.();
  if (missing) return console.log(`  not measured: ${missing}; what was measured before stays\n`);
  const prepared = await figure.prepare();
  const samples = Object.fromEntries(Object.keys(prepared.sides).map((side) => [side, []]));
  try {
    for (let round = -(figure.warmUp ?? 1); round < figure.rounds; round += 1) {
      for (const [side, run] of Object.entries(prepared.sides)) {
        const value = await run();
        if (round >= 0) samples[side].push(value);
        process.stdout.write(`  ${name} ${round < 0 ? 'warm-up' : `round ${round + 1}/${figure.rounds}`} ${side}: ${value.toFixed(1)} ${figure.unit}\n`);
      }
    }
  } finally {
    await prepared.close?.();
  }
  const ratios = samples.peer ? samples.product.map((value, index) => value / samples.peer[index]) : undefined;
  return { name, what: figure.what, against: figure.against, goal: figure.goal, unit: figure.unit, digits: figure.digits ?? 0, samples, ratios };
}

const row = (result) =>
  `| ${result.what} | ${spread(result.samples.product, result.digits)} ${result.unit} | ${result.against ? `${result.against}: ${spread(result.samples.peer, result.digits)} ${result.unit}` : '–'} | ${result.ratios ? spread(result.ratios, 2) : '–'} | ${result.goal} |`;

mkdirSync(new URL('performance/', docs), { recursive: true });
for (const name of names) {
  console.log(`${name}:`);
  const result = await measure(name);
  if (!result) continue;
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version, at: new Date().toISOString().slice(0, 10) };
  writeFileSync(new URL(`performance/${name}.json`, docs), `${JSON.stringify({ ...result, machine }, null, 2)}\n`);
  console.log(`  ${result.ratios ? `ratio ${median(result.ratios).toFixed(2)}` : `${median(result.samples.product).toFixed(1)} ${result.unit}`} (goal ${result.goal})\n`);
}

const results = readdirSync(new URL('performance/', docs)).filter((file) => file.endsWith('.json')).sort().map((file) => JSON.parse(readFileSync(new URL(`performance/${file}`, docs), 'utf8')));
const page = new URL('performance.md', docs);
const [before, , after] = readFileSync(page, 'utf8').split(/<!-- (?:figures|end) -->/);
writeFileSync(page, `${before}<!-- figures -->\n| what | ours: median (least to most) | against | ratio | goal |\n|---|---|---|---|---|\n${results.map(row).join('\n')}\n<!-- end -->${after}`);
process.exit(0);
