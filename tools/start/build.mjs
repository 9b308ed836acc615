// Compiles what is stale. The compiler is asked only when a source, a package or a setting changed since the last good build.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode } from './install.mjs';
import { outOfSpace, root, run, step, Stop } from './step.mjs';

const stampFile = join(root, '.cache/built');
const projects = () => ['libs', 'services'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)));

function* filesUnder(folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (/\.tsx?$/.test(path) && !/\.spec\.tsx?$/.test(path)) yield path;
  }
}

function* inputs() {
  yield* ['package-lock.json', 'tsconfig.base.json', 'tsconfig.json'];
  for (const project of projects()) {
    yield* ['package.json', 'tsconfig.json'].map((file) => `${project}/${file}`).filter((file) => existsSync(join(root, file)));
    if (existsSync(join(root, project, 'src'))) yield* filesUnder(`${project}/src`);
  }
}

function stamp() {
  const hash = createHash('sha256');
  for (const path of inputs()) {
    const { mtimeMs, size } = statSync(join(root, path));
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

const everyProjectIsBuilt = () => projects().every((project) => !existsSync(join(root, project, 'tsconfig.json')) || existsSync(join(root, project, 'dist/.tsbuildinfo')));

/** `tsc -b` unless nothing changed. */
export async function build() {
  const now = stamp();
  if (everyProjectIsBuilt() && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === now) return;
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, output } = await step('Building', () => run(pinnedNode(), [compiler, '-b']));
  if (status !== 0 && outOfSpace(output)) throw new Stop('The disk is full: the build could not be written. Free some space and type npm start again.');
  if (status !== 0) throw new Stop(`${output}\n\nThe build failed: mend what the compiler names above, then type npm start again.`);
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(stampFile, now);
}
