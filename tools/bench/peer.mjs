import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { tied } from '../test/tied.mjs';

/** Starts a peer of `peers/` in a process of its own; it says where it listens as its first line of JSON. Secrets go by `environment`: arguments are seen by everybody. */
export async function startPeer(file, words = [], environment = {}) {
  const child = spawn(...tied(process.execPath, [fileURLToPath(new URL(`peers/${file}`, import.meta.url)), ...words]), { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
  const told = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code} before it listened`)));
  });
  return {
    ...told,
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    },
  };
}
