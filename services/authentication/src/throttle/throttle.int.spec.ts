import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '@symbolon/postgres';
import type { Ports } from '@symbolon/web';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { Throttle } from './throttle.js';
import type { Who } from './throttle.js';

let engine: TestDatabase;
let database: Database;
let throttle: Throttle;

beforeAll(async () => {
  engine = await testDatabase();
  database = engine.database();
  await database.query('create schema authentication');
  await database.query(readFileSync(new URL('../../migrations/0011_throttle.sql', import.meta.url), 'utf8'));
  throttle = new Throttle({ database, configuration: { keys: { pepper: Buffer.alloc(32, 1) } } } as unknown as Pick<Ports, 'database' | 'configuration'>);
}, 60_000);
afterAll(() => engine?.close());
beforeEach(() => database.query('delete from authentication.attempts'));

const ann = { login: 'ann@example.com', address: '192.0.2.1' };
const many = async (count: number, who: (index: number) => Who) => (await Promise.all(Array.from({ length: count }, (_, index) => throttle.take('sign-in', who(index))))).filter(({ allowed }) => allowed).length;
/** As if every window had ended. */
const later = () => database.query("update authentication.attempts set window_ends = clock_timestamp() - interval '1 second'");

describe('throttling', () => {
  it('abuse 53: of fifty attempts at once, ten get through', async () => {
    expect(await many(50, () => ann)).toBe(10);
  });

  it('counts one login in all its spellings', async () => {
    expect(await many(50, (index) => ({ login: index % 2 ? 'ANN@EXAMPLE.COM' : 'ann@example.com' }))).toBe(10);
  });

  it('counts logins that nobody has like those that somebody has', async () => {
    expect(await many(12, () => ({ login: 'no address at all' }))).toBe(10);
  });

  it('says how long to wait', async () => {
    await many(10, () => ann);
    const turn = await throttle.take('sign-in', ann);
    expect(turn).toEqual({ allowed: false, retryAfter: expect.any(Number) });
    expect(turn.allowed ? 0 : turn.retryAfter).toBeGreaterThan(14 * 60);
    expect(turn.allowed ? 0 : turn.retryAfter).toBeLessThanOrEqual(15 * 60);
  });

  it('begins anew with the next window', async () => {
    await many(12, () => ann);
    await later();
    expect(await many(12, () => ann)).toBe(10);
  });

  it('abuse 53: stops a login after a hundred in a row, whatever the windows', async () => {
    let through = 0;
    for (let window = 0; window < 12; window++) {
      through += await many(11, () => ({ login: ann.login }));
      await later();
    }
    expect(through).toBe(100);
  });

  it('does not count towards the hard stop what it refused', async () => {
    await many(200, () => ({ login: ann.login }));
    await later();
    expect(await many(1, () => ({ login: ann.login }))).toBe(1);
  });

  it('abuse 54: lets a known device through while strangers are held back', async () => {
    await many(20, () => ann);
    expect(await throttle.take('sign-in', { ...ann, device: 'd1' })).toEqual({ allowed: true });
  });

  it('abuse 54: a device of another account counts apart', async () => {
    await many(20, () => ({ ...ann, device: 'd1' }));
    expect(await throttle.take('sign-in', { login: 'bob@example.com', device: 'd1' })).toEqual({ allowed: true });
  });

  it('a success on a known device ends the hard stop of strangers', async () => {
    await many(1, () => ({ login: ann.login }));
    await database.query("update authentication.attempts set in_a_row = 100, window_ends = clock_timestamp() - interval '1 second'");
    expect(await many(1, () => ({ login: ann.login }))).toBe(0);
    await throttle.reset('sign-in', { login: ann.login, device: 'd1' });
    await later();
    expect(await many(1, () => ({ login: ann.login }))).toBe(1);
  });

  it('begins anew after a success', async () => {
    await many(10, () => ann);
    await throttle.reset('sign-in', ann);
    expect(await throttle.take('sign-in', ann)).toEqual({ allowed: true });
  });

  it('counts all machines of one network together', async () => {
    expect(await many(150, (index) => ({ login: `u${index}@example.com`, address: `192.0.2.${index}` }))).toBe(100);
  });

  it('what a network is refused does not count against the login', async () => {
    await many(101, (index) => ({ login: `u${index}@example.com`, address: '192.0.2.1' }));
    await many(50, () => ann);
    expect(await throttle.take('sign-in', { ...ann, address: '198.51.100.1' })).toEqual({ allowed: true });
  });

  it('sends three mails an hour to an address', async () => {
    const turns = await Promise.all(Array.from({ length: 20 }, () => throttle.take('mail', ann)));
    expect(turns.filter(({ allowed }) => allowed)).toHaveLength(3);
  });

  it('keeps no address and no login', async () => {
    await throttle.take('sign-in', ann);
    const { rows } = await database.query<{ row: string }>("select convert_from(key, 'LATIN1') || a::text as row from authentication.attempts a");
    expect(rows.map(({ row }) => row).join(' ')).not.toMatch(/ann|192\.0/);
  });
});
