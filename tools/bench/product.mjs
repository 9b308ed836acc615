import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, readdirSync, chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tied } from '../test/tied.mjs';

const main = fileURLToPath(new URL('../../services/embedded/dist/main.js', import.meta.url));

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Starts the embedded product on free ports and a data folder of its own (or a given one, for a warm start). */
export async function startProduct({ dataDir, environment = {} } = {}) {
  const own = dataDir ?? mkdtempSync(join(tmpdir(), 'symbolon-bench-'));
  chmodSync(own, 0o711);
  const [port, operationsPort, samplePort] = await Promise.all([freePort(), freePort(), freePort()]);
  const started = performance.now();
  const child = spawn(...tied(process.execPath, [main]), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SYMBOLON_DATA_DIR: own, SYMBOLON_PORT: `${port}`, SYMBOLON_OPERATIONS_PORT: `${operationsPort}`, SYMBOLON_SAMPLE_PORT: `${samplePort}`, ...environment },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output = (output + chunk).slice(-20_000)));
  const ready = `http://127.0.0.1:${operationsPort}/readyz`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the product ended while starting:\n${output}`);
    if (performance.now() - started > 120_000) throw new Error(`the product was not ready within two minutes:\n${output}`);
    if (await fetch(ready).then((answer) => answer.ok, () => false)) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const readyAfter = performance.now() - started;
  const admin = JSON.parse(readFileSync(join(own, 'admin.json'), 'utf8'));
  return {
    port, operationsPort, samplePort, dataDir: own, admin, readyAfter, pid: child.pid, origin: `http://localhost:${port}`,
    output: () => output,
    async stop({ keep = false } = {}) {
      if (child.exitCode === null) {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await gone;
      }
      if (!keep) rmSync(own, { recursive: true, force: true });
    },
  };
}

/** A process and all below it. */
export function family(pid) {
  const parents = new Map();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      parents.set(Number(name), Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))[1]));
    } catch { /* ended meanwhile */ }
  }
  const members = new Set([pid]);
  for (let size = 0; size !== members.size; ) {
    size = members.size;
    for (const [child, parent] of parents) if (members.has(parent)) members.add(child);
  }
  return members;
}

/** Sum of the proportional set sizes of a process and all below it, in MB. */
export function memory(pid) {
  const members = family(pid);
  let kilobytes = 0;
  for (const member of members) {
    try {
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${member}/smaps_rollup`, 'utf8'))[1]);
    } catch { /* ended meanwhile */ }
  }
  return { megabytes: kilobytes / 1_024, processes: members.size };
}
