import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withinDeadline } from '@symbolon/event-sourcing';
import { testDatabase } from '../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../tools/engines/postgres.js';
import { pool } from './pool.js';

/** Of a request; the guard is for a busy machine. */
const [DEADLINE, GUARD] = [300, 4_000];

describe('a database under the deadline of a request', () => {
  let engine: TestDatabase;
  beforeAll(async () => {
    engine = await testDatabase();
    await engine.database().query('create table things (name text)');
  }, 60_000);
  afterAll(() => engine?.close());

  const timed = async (work: () => Promise<unknown>): Promise<readonly [unknown, number]> => {
    const began = performance.now();
    const error = await withinDeadline(DEADLINE, work).then(() => undefined, (thrown: unknown) => thrown);
    return [error, performance.now() - began];
  };

  it('gives up at the deadline however long its own is, one statement after the other and where no connection is free', async () => {
    const held = engine.database();
    const asked = pool({ url: engine.url, max: 1, deadline: 30_000 });
    await held.transaction(async (tx) => {
      await tx.query('lock table things');
      const all = await Promise.all([1, 2, 3].map(() => timed(async () => {
        await asked.query('select').catch(() => undefined);
        await asked.query('select from things');
      })));
      for (const [error, took] of all) {
        expect(error).toMatchObject({ name: 'Unavailable' });
        expect(took).toBeLessThan(GUARD);
      }
    });
    expect((await asked.query('select from things')).rowCount).toBe(0); // and the pool works on
    await asked.close();
  });

  it('is sent nothing when no time is left', async () => {
    const asked = engine.database();
    const [error] = await timed(async () => {
      await new Promise((resolve) => setTimeout(resolve, DEADLINE + 20));
      await asked.query("insert into things values ('late')");
    });
    expect(error).toMatchObject({ name: 'Unavailable' });
    expect((await asked.query('select from things')).rowCount).toBe(0);
  });

  it('rolls back what a transaction had no time for, and the connection is used again', async () => {
    const asked = pool({ url: engine.url, max: 1 });
    const [error] = await timed(() => asked.transaction(async (tx) => {
      await tx.query("insert into things values ('half')");
      await new Promise((resolve) => setTimeout(resolve, DEADLINE + 20));
    }));
    expect(error).toMatchObject({ name: 'Unavailable' });
    expect((await asked.query('select from things')).rowCount).toBe(0);
    await asked.close();
  });
});
