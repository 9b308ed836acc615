import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase } from '../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../tools/engines/postgres.js';

describe('the database of a test', () => {
  let one: TestDatabase;
  let two: TestDatabase;
  beforeAll(async () => void ([one, two] = await Promise.all([testDatabase(), testDatabase()])), 60_000);
  afterAll(async () => void (await Promise.all([one?.close(), two?.close()])));

  it('is fresh, and its own', async () => {
    await one.database().query('create table kept (a int)');
    await expect(two.database().query('select from kept')).rejects.toMatchObject({ code: '42P01' });
  });

  it('belongs to PostgreSQL 18 with a locale that no machine changes', async () => {
    const { rows } = await one.database().query("select current_setting('server_version_num')::int / 10000 as major, datlocale from pg_database where datname = current_database()");
    expect(rows).toEqual([{ major: 18, datlocale: 'C.UTF-8' }]);
  });
});
