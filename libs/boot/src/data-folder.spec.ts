import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { CannotStart } from './cannot-start.js';
import { lockDataFolder } from './data-folder.js';

const folder = mkdtempSync(join(tmpdir(), 'symbolon-data-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('holds a data folder for one process at a time', async () => {
  const first = await lockDataFolder(folder);
  await expect(lockDataFolder(folder)).rejects.toThrow(CannotStart);
  await first.release();
  await (await lockDataFolder(folder)).release();
});
