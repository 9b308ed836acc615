#!/usr/bin/env node
// Runs the command line with the Node that the lock file pins, also where the host has an older one.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const pinned = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
const program = new URL('../dist/index.js', import.meta.url);

if (!existsSync(program)) {
  console.error('Symbolon is not built yet: type npm start (or npm run build) first.');
  process.exitCode = 1;
} else if (Number(process.versions.node.split('.')[0]) < 24 && existsSync(pinned)) {
  const { status } = spawnSync(pinned, [fileURLToPath(program), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} else {
  const { main } = await import(program.href);
  process.exitCode = await main(process.argv.slice(2));
}
