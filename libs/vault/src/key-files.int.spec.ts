import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadKeys, parseKey } from './key-files.js';

describe('key files', () => {
  let data: string;
  beforeEach(async () => void (data = await mkdtemp(join(tmpdir(), 'symbolon-keys-'))));
  afterEach(() => rm(data, { recursive: true }));

  it('are made for a fresh data folder, 32 bytes each and all different, readable by their owner only', async () => {
    const keys = await loadKeys(data, { fresh: true });
    const all = [keys.kek, keys.pepper, keys.service, Buffer.from(keys.cookie[0] ?? '', 'base64url')];
    expect(all.map(({ length }) => length)).toEqual([32, 32, 32, 32]);
    expect(new Set(all.map((key) => Buffer.from(key).toString('hex'))).size).toBe(4);
    const modes = await Promise.all(['kek', 'pepper', 'service', 'cookie'].map(async (name) => (await stat(join(data, 'keys', name))).mode & 0o777));
    expect(modes).toEqual([0o600, 0o600, 0o600, 0o600]);
    expect((await stat(join(data, 'keys'))).mode & 0o777).toBe(0o700);
  });

  it('are the same at every later start, even one that takes the folder for fresh', async () => {
    const first = await loadKeys(data, { fresh: true });
    expect(await loadKeys(data, { fresh: false })).toEqual(first);
    expect(await loadKeys(data, { fresh: true })).toEqual(first);
    expect(await readdir(data)).toEqual(['keys']);
  });

  it('that are missing in a folder with data are not made anew: the sentence names the file', async () => {
    await expect(loadKeys(data, { fresh: false })).rejects.toThrow(`${join(data, 'keys', 'kek')} is missing`);
    await loadKeys(data, { fresh: true });
    await rm(join(data, 'keys', 'service'));
    await expect(loadKeys(data, { fresh: false })).rejects.toThrow(`${join(data, 'keys', 'service')} is missing`);
    await expect(loadKeys(data, { fresh: true })).rejects.toThrow('Restore it from its backup');
    expect(await readdir(join(data, 'keys'))).not.toContain('service');
  });

  it.each(['', 'short', 'A'.repeat(44), '!'.repeat(43)])('that hold %j are refused and left alone', async (text) => {
    await loadKeys(data, { fresh: true });
    await writeFile(join(data, 'keys', 'kek'), text);
    await expect(loadKeys(data, { fresh: false })).rejects.toThrow('does not hold a key');
    expect(await readFile(join(data, 'keys', 'kek'), 'utf8')).toBe(text);
  });

  it('may hold older cookie keys below the newest', async () => {
    const { cookie } = await loadKeys(data, { fresh: true });
    const newer = Buffer.alloc(32, 7).toString('base64url');
    await writeFile(join(data, 'keys', 'cookie'), `${newer}\n${cookie[0]}\n`);
    expect((await loadKeys(data, { fresh: false })).cookie).toEqual([newer, cookie[0]]);
  });

  it('may come from the environment', () => expect(Buffer.from(parseKey(Buffer.alloc(32, 5).toString('base64url'), 'SYMBOLON_KEK'))).toEqual(Buffer.alloc(32, 5)));
});
