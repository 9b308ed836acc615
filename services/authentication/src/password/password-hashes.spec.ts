import { afterAll, describe, expect, it } from '@jest/globals';
import { Busy, PasswordHashes } from './password-hashes.js';

const hashes = new PasswordHashes();
afterAll(() => hashes.close());

describe('password hashes (AUT-16)', () => {
  it('are argon2id, each with a salt of its own', async () => {
    const [one, other] = await Promise.all([hashes.hash('quiet otters juggle'), hashes.hash('quiet otters juggle')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
  });

  it('fit their password alone', async () => {
    const hash = await hashes.hash('quiet otters juggle');
    expect(await hashes.verify(hash, 'quiet otters juggle')).toBe(true);
    expect(await hashes.verify(hash, 'quiet otters jiggle')).toBe(false);
  });

  it('fit composed and decomposed forms of it', async () => {
    expect(await hashes.verify(await hashes.hash('caf\u00e9 by the sea'), 'cafe\u0301 by the sea')).toBe(true);
  });

  // Made by the package `argon2` 0.45.1, which writes p before t: whoever moves from it, or to it, keeps all passwords.
  it.each([
    ['correct horse battery staple', '$argon2id$v=19$m=19456,p=1,t=2$QT20ah+CBwYw4GZcROQGow$ync2RydrlGAzx9iqBx88iGsXUou7LLRY0eGrOXlamDI'],
    ['ünïcode – pass phrase 1', '$argon2id$v=19$m=19456,p=1,t=2$GD3NiWhIt0Q9I9oWv7djsQ$l+N6oL7Ig5fEpV18/UJ6XD4gD2fD1Om2l+cxMaRTGms'],
  ])('that another package made fit as ours do: %s', async (password, hash) => {
    expect(await hashes.verify(hash, password)).toBe(true);
    expect(await hashes.verify(hash, `${password}.`)).toBe(false);
  });

  it('abuse 51: never fit where there is none', async () => {
    expect(await hashes.verify(undefined, 'quiet otters juggle')).toBe(false);
  });

  it('are refused rather than queued without end', async () => {
    const all = await Promise.allSettled(Array.from({ length: 40 }, () => hashes.hash('quiet otters juggle')));
    const refused = all.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(8);
    expect(refused.every(({ reason }) => reason instanceof Busy && reason.retryAfter === 2)).toBe(true);
  });

  it('are made again after the workers ended', async () => {
    await hashes.close();
    expect(await hashes.verify(undefined, 'quiet otters juggle')).toBe(false);
  });

  it('fail, and the workers go on, when a hash is none', async () => {
    await expect(hashes.verify('no hash', 'quiet otters juggle')).rejects.toThrow();
    expect(await hashes.verify(undefined, 'quiet otters juggle')).toBe(false);
  });
});
