import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryVault } from '@symbolon/vault';
import type { Database } from '@symbolon/postgres';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { Credentials } from './credentials.js';

let engine: TestDatabase;
let database: Database;
let credentials: Credentials;

beforeAll(async () => {
  engine = await testDatabase();
  database = engine.database();
  await database.query('create schema authentication');
  await database.query(readFileSync(new URL('../../migrations/0010_passwords.sql', import.meta.url), 'utf8'));
  credentials = new Credentials({ database, vault: memoryVault() });
}, 60_000);
afterAll(() => engine?.close());

describe('a credential', () => {
  it('is found under the id that it was given, and gone when it is removed', async () => {
    const id = await credentials.keep('ann', '$argon2id$one');
    expect(await credentials.of(id)).toEqual({ id, hash: '$argon2id$one' });
    await credentials.remove(id);
    expect(await credentials.of(id)).toBeUndefined();
  });

  it('is a new one each time', async () => expect(await credentials.keep('ann', 'one')).not.toBe(await credentials.keep('ann', 'one')));
  it('is nobody’s where there is no id', async () => expect(await credentials.of(undefined)).toBeUndefined());

  it('cannot be read in the table, nor moved to another account’s row', async () => {
    const [ann, bob] = [await credentials.keep('ann', '$argon2id$ann'), await credentials.keep('bob', '$argon2id$bob')];
    const { rows } = await database.query<{ hash: Buffer }>('select hash from authentication.credentials where id = $1', [ann]);
    expect(rows[0]!.hash.toString('latin1')).not.toContain('argon2');
    await database.query('update authentication.credentials set hash = $2 where id = $1', [bob, rows[0]!.hash]);
    await expect(credentials.of(bob)).rejects.toThrow();
  });
});
