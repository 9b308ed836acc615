import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { CannotStart } from './cannot-start.js';
import { lockDataFolder, makeDataFolder } from './data-folder.js';

const folder = mkdtempSync(join(tmpdir(), 'symbolon-data-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('holds a data folder for one process at a time', async () => {
  const first = await lockDataFolder(folder);
  await expect(lockDataFolder(folder)).rejects.toThrow(CannotStart);
  await first.release();
  await (await lockDataFolder(folder)).release();
});

it('makes the folder and what is above it, for its owner', () => {
  const path = join(folder, 'made', 'below', 'here');
  makeDataFolder(path);
  makeDataFolder(path);
  expect(statSync(path).mode & 0o066).toBe(0);
});

it.each([
  ['file is no folder', () => join(folder, 'file')],
  ['file is no folder', () => join(folder, 'file', 'a', 'b')],
  ['link is a link that leads to itself', () => join(folder, 'link')],
  ...(process.platform === 'linux' ? ([['/proc/symbolon lies where no folder can be made', () => '/proc/symbolon/data']] as const) : []),
])('says in one sentence that %s, and names the way out', (words, path) => {
  writeFileSync(join(folder, 'file'), '');
  rmSync(join(folder, 'link'), { force: true });
  symlinkSync(join(folder, 'link'), join(folder, 'link'));
  expect(() => makeDataFolder(path())).toThrow(CannotStart);
  expect(() => makeDataFolder(path())).toThrow(new RegExp(`${words}.*SYMBOLON_DATA_DIR=`));
});
