import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '@symbolon/postgres';
import { testDatabase } from '../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../tools/engines/postgres.js';
import { migrations, recogniseKeys, refuseForeignKeys } from './index.js';

const key = (byte: number) => new Uint8Array(32).fill(byte);

describe('the other keys of an installation', () => {
  let engine: TestDatabase;
  const keys = { pepper: key(1), service: key(2) };
  beforeAll(async () => {
    engine = await testDatabase();
    await migrate({ url: engine.url, secret: engine.secret, services: [{ name: 'vault', migrations }] });
  }, 60_000);
  afterAll(() => engine?.close());

  it('are recognised from their first start on', async () => {
    const database = engine.database('vault');
    await refuseForeignKeys(database, { pepper: key(8), service: key(9) }); // nothing is known yet, as in an installation from before
    await recogniseKeys(database, keys);
    await recogniseKeys(database, keys);
    await refuseForeignKeys(database, keys);
  });

  it.each([
    ['pepper', { ...keys, pepper: key(3) }, /^The pepper is not the one that this installation was made with.*keys\/pepper/],
    ['service key', { ...keys, service: key(3) }, /^The service key is not the one that this installation was made with.*keys\/service/],
  ])('are refused in words when the %s is another one, and nothing is changed', async (_, foreign, sentence) => {
    const database = engine.database('vault');
    const rows = async () => (await database.query('select name, value from vault.key_checks order by name')).rows;
    const before = await rows();
    for (const start of [refuseForeignKeys, recogniseKeys]) await expect(start(database, foreign)).rejects.toMatchObject({ name: 'VaultRefused', message: expect.stringMatching(sentence) });
    expect(await rows()).toEqual(before);
  });
});
