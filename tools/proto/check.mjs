// Checks proto/: lint, generated files up to date, nothing broken that others rely on, golden samples complete and never changed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { breaking, buf, PROTO, ROOT } from './buf.mjs';
import { imageStale, PROMISED, stale } from './generate.mjs';

const SAMPLE = /\/samples\/[^/]+\.json$/;
const git = (args, options = {}) => spawnSync('git', args, { cwd: ROOT, maxBuffer: 1 << 28, ...options });

/** Findings of buf's linter, as one text; undefined: none. */
export function lint(proto = PROTO) {
  const run = buf(['lint', proto]);
  return run.status === 0 ? undefined : run.output.trim();
}

/** Samples of `before` that are gone or differ now: their events lie in stores. Paths below the two folders. */
export function changedSamples(proto, before) {
  const differs = (path) => !existsSync(join(proto, path)) || !readFileSync(join(proto, path)).equals(readFileSync(join(before, path)));
  return samplesIn(before).filter(differs);
}

const samplesIn = (proto) =>
  readdirSync(proto, { recursive: true })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => SAMPLE.test(path));

/** Events without a sample, fields that no sample of their event has, samples that are not named after their event. */
export function sampleGaps(proto = PROTO) {
  const run = buf(['build', proto, '-o', '-#format=json']);
  if (run.status !== 0) return [run.output.trim()];
  const files = JSON.parse(run.output).file.filter(({ name }) => name.endsWith('/events.proto'));
  return files.flatMap((file) => (file.messageType ?? []).flatMap((message) => gapsOf(proto, file, message)));
}

function gapsOf(proto, file, message) {
  const folder = join(proto, file.name.replace(/events\.proto$/, 'samples'));
  const named = new RegExp(`^${message.name}(\\.\\d+)?\\.json$`);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => named.test(name)) : [];
  if (names.length === 0) return [`${file.package}.${message.name} has no golden sample.`];
  const samples = names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  const misnamed = names.filter((_, index) => samples[index].type !== message.name).map((name) => `${name} is not of type ${message.name}.`);
  const missing = (message.field ?? []).filter(({ jsonName }) => !samples.some(({ data }) => jsonName in data));
  return [...misnamed, ...missing.map(({ name }) => `${file.package}.${message.name}.${name} is in no golden sample: add ${message.name}.${names.length + 1}.json.`)];
}

/** Earlier commits that this tree is compared with, each once: what was named, what was pushed, what was committed last. */
export function earlierCommits() {
  const names = [process.env.SYMBOLON_PROTO_BASE, 'origin/HEAD', 'origin/main', 'HEAD', 'HEAD^'].filter(Boolean);
  const found = new Map();
  for (const name of names) {
    const run = git(['rev-parse', '--verify', '--quiet', `${name}^{commit}`], { encoding: 'utf8' });
    const commit = run.status === 0 ? run.stdout.trim() : '';
    if (commit !== '' && !found.has(commit) && git(['cat-file', '-e', `${commit}:proto`]).status === 0) found.set(commit, name);
  }
  return [...found].map(([commit, name]) => ({ commit, name }));
}

/** Puts `proto/` of a commit into a folder. `git archive` also works in a shallow clone, which buf cannot read. */
function extract(commit, folder) {
  mkdirSync(folder, { recursive: true });
  const archive = git(['archive', '--format=tar', commit, 'proto']);
  if (archive.status !== 0) throw new Error(`git archive ${commit} failed: ${archive.stderr.toString()}`);
  const unpacked = spawnSync('tar', ['-x', '-C', folder], { input: archive.stdout });
  if (unpacked.status !== 0) throw new Error(`tar failed: ${unpacked.stderr.toString()}`);
  return join(folder, 'proto');
}

function againstHistory(report) {
  const commits = earlierCommits();
  if (commits.length === 0) return console.log('Nothing to compare with: there is no earlier commit here that holds proto/ (a first commit, no git, or a clone without history).');
  const temporary = mkdtempSync(join(tmpdir(), 'symbolon-proto-'));
  try {
    for (const { commit, name } of commits) {
      const before = extract(commit, join(temporary, commit));
      report(`compatible with ${name} (${commit.slice(0, 10)})`, breaking(PROTO, before));
      report(`samples of ${name} unchanged`, changedSamples(PROTO, before).join('\n') || undefined);
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function main() {
  let failed = 0;
  const report = (rule, finding) => {
    console.log(`${finding === undefined ? 'ok  ' : 'FAIL'} ${rule}${finding === undefined ? '' : `\n${finding.replace(/^/gm, '       ')}`}`);
    if (finding !== undefined) failed += 1;
  };
  report('proto lint', lint());
  report('generated files up to date (npm run proto)', stale().join('\n') || undefined);
  report('a golden sample for every event and field', sampleGaps().join('\n') || undefined);
  report('compatible with the committed image', existsSync(PROMISED) ? breaking(PROTO, PROMISED) : 'proto/promised.binpb is missing');
  report('committed image up to date (npm run proto)', imageStale() ? 'proto/promised.binpb differs' : undefined);
  againstHistory(report);
  if (failed > 0) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
