import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { tied } from './tied.mjs';

const folder = mkdtempSync(join(tmpdir(), 'symbolon-left-behind-'));
const list = join(folder, 'pids');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A cache of its own: jest takes no workers for a few files that it remembers as quick. */
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--cacheDirectory', join(folder, 'cache'), '--testPathIgnorePatterns', '/node_modules/', '--maxWorkers=2', '--testPathPatterns'];

/** Runs spec files that no other run looks at. `under`: what stands between jest and us, as npm does. */
function run(files: string, under: readonly string[] = []) {
  writeFileSync(list, '');
  const [command, ...args] = [...under, process.execPath, ...jest, files];
  const child = spawn(...tied(command!, args), { env: { ...process.env, SYMBOLON_TEST_PIDS: list }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, said: () => said, status: new Promise<number | null>((done) => child.once('close', done)) };
}

/** Waits, as long as a slow machine may need. */
async function until(holds: () => boolean): Promise<boolean> {
  for (let left = 900; left > 0 && !holds(); left -= 1) await new Promise((resolve) => setTimeout(resolve, 100));
  return holds();
}

const pids = (): number[] => readFileSync(list, 'utf8').split('\n').filter(Boolean).map(Number);

const isAlive = (pid: number): boolean => {
  try {
    return /^\d+ \(.*\) [^ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

const kill = (child: ChildProcess) => child.kill('SIGKILL');

// Outside Linux nobody can tell what was left, and what a killed run started goes on.
if (process.platform === 'linux')
  describe('of a run', () => {
    it('no file passes that leaves a process behind, and the process is ended', async () => {
      const { said, status } = run('fixtures/leaves');
      expect(await status).toBe(1);
      const pid = Number(/left processes behind: (\d+) /.exec(said())?.[1]);
      expect([said(), pid > 0, isAlive(pid)]).toEqual([expect.stringContaining('setInterval'), true, false]);
    }, 120_000);

    it.each([
      ['jest is killed', [], (jests: ChildProcess) => kill(jests)],
      ['jest is told to end', [], (jests: ChildProcess) => jests.kill('SIGTERM')],
      ['a worker of jest is killed', [], () => process.kill(pids()[0]!, 'SIGKILL')],
      ['whoever started jest is killed', ['sh', '-c', 'npm_lifecycle_event=jest "$@"; exit $?', 'sh'], (shell: ChildProcess) => kill(shell)],
    ])('nothing goes on when %s, not even what stands still', async (_, under, end) => {
      const { child } = run('fixtures/(stands-still|quiet)', under);
      expect(await until(() => pids().length === 2)).toBe(true);
      const [worker, frozen] = pids();
      expect([worker, frozen].map((pid) => isAlive(pid!))).toEqual([true, true]);
      expect(worker).not.toBe(child.pid);
      end(child);
      expect(await until(() => !isAlive(worker!) && !isAlive(frozen!))).toBe(true);
      kill(child);
    }, 240_000);

    it('no product and no database goes on when jest is killed before its file could end them', async () => {
      const { child } = run('fixtures/(product|quiet)');
      expect(await until(() => pids().length === 3)).toBe(true);
      expect(pids().map(isAlive)).toEqual([true, true, true]);
      kill(child);
      expect(await until(() => !pids().some(isAlive))).toBe(true);
    }, 240_000);
  });
