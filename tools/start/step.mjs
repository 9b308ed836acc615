// Steps that say what they are doing as soon as they take longer than a person waits without wondering.
import { spawn } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Ends the start with one sentence that names the way out. */
export class Stop extends Error {}

const patience = 2000;

/** Runs `work`; after two seconds says so, every ten seconds says that it still runs, and at the end how long it took. */
export async function step(title, work) {
  const began = Date.now();
  const seconds = () => `${((Date.now() - began) / 1000).toFixed(0)} s`;
  let said = false;
  const first = setTimeout(() => {
    said = true;
    console.log(`  ${title} …`);
  }, patience);
  const again = setInterval(() => console.log(`  ${title} … ${seconds()}`), 10_000);
  try {
    return await work();
  } finally {
    clearTimeout(first);
    clearInterval(again);
    if (said) console.log(`  ${title}: ${seconds()}`);
  }
}

/** Runs a program to its end; resolves with its status and the end of what it said. */
export function run(command, args, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-6000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', fail);
    child.on('close', (status) => done({ status: status ?? 1, output: output.trim() }));
  });
}

/** A full disk is the one failure of every step that has the same way out. */
export const outOfSpace = (text) => /ENOSPC|no space left on device/i.test(text);
