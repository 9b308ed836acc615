import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '@symbolon/postgres';
import type { Ports } from '@symbolon/web';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import type { Kind } from './limits.policy.js';
import { Throttle } from './throttle.js';
import type { Turn, Who } from './throttle.js';

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

  it('abuse 54: a sign-in in a known browser ends the hard stop of strangers', async () => {
    await many(1, () => ({ login: ann.login }));
    await database.query("update authentication.attempts set in_a_row = 100, window_ends = clock_timestamp() - interval '1 second'");
    expect(await many(1, () => ({ login: ann.login }))).toBe(0);
    await throttle.proven({ login: ann.login, accountId: 'a1' });
    await later();
    expect(await many(1, () => ({ login: ann.login }))).toBe(1);
  });

  it('a success was no attempt', async () => {
    await many(9, () => ann);
    for (let again = 0; again < 20; again += 1) {
      expect(await throttle.take('sign-in', ann)).toEqual({ allowed: true });
      await throttle.succeeded('sign-in', ann);
    }
    expect(await many(5, () => ann)).toBe(1);
  });

  it('abuse 54: ten of one network leave the other ones their answers, and nobody is told of them', async () => {
    await many(20, () => ann);
    const elsewhere = { ...ann, address: '198.51.100.1' };
    const turns = [];
    for (let index = 0; index < 11; index += 1) turns.push(await throttle.take('sign-in', elsewhere));
    expect(turns).toEqual([...Array<unknown>(10).fill({ allowed: false, retryAfter: undefined }), { allowed: false, retryAfter: expect.any(Number) }]);
  });

  it('abuse 53: counts towards a hard stop what every network tries, and tells none of them', async () => {
    for (let window = 0; window < 12; window += 1) {
      await many(10, (index) => ({ ...ann, address: `198.51.${index}.${window}` }));
      await later();
    }
    expect(await throttle.take('sign-in', { ...ann, address: '192.0.2.9' })).toEqual({ allowed: false, retryAfter: undefined });
    expect(await throttle.take('sign-in', { ...ann, device: 'd1' })).toEqual({ allowed: true });
  });

  // What a stranger sees: answers that were told apart, one after the other. The owner does something after the second of them.
  const answers = async (kind: Kind, stranger: Who, owner?: () => Promise<unknown>) => {
    const told = [];
    for (let index = 0; index < 14; index += 1) {
      if (index === 2) await owner?.();
      const turn = await throttle.take(kind, stranger);
      told.push('retryAfter' in turn && turn.retryAfter !== undefined ? 'wait' : 'answered');
    }
    return told;
  };
  const owner = { login: ann.login, address: '203.0.113.5' };
  const success = (kind: Kind, who: Who) => async () => {
    if ((await throttle.take(kind, who)).allowed) await throttle.succeeded(kind, who);
    await throttle.proven({ login: ann.login, accountId: ann.login });
  };

  describe.each(['sign-in', 'link', 'register', 'recover', 'confirm', 'register-code', 'recovery-code', 'confirm-code'] as const)('counts of %s', (kind) => {
    it.each<[string, () => Promise<unknown>]>([
      ['succeeds in another network', success(kind, owner)],
      ['succeeds in the same network', success(kind, ann)],
      ['succeeds in a known browser', success(kind, { ...ann, device: 'd1' })],
      ['gets a mail', async () => Promise.all([throttle.take('recover', owner), throttle.take('register', owner), throttle.take('confirm', owner)])],
      ['fails often in another network', async () => Promise.all(Array.from({ length: 30 }, () => throttle.take(kind, owner)))],
    ])('abuse 52: give a stranger the same answers when the owner %s meanwhile', async (_, act) => {
      const alone = await answers(kind, { login: 'nobody@example.com', address: ann.address });
      expect(alone).toContain('wait');
      expect(await answers(kind, ann, act)).toEqual(alone);
    });

    it('abuse 52: tell a stranger to wait as long as without the owner', async () => {
      const wait = async (login: string) => (await answers(kind, { ...ann, login }), throttle.take(kind, { ...ann, login }));
      await throttle.take(kind, ann);
      await throttle.succeeded(kind, ann);
      await database.query("update authentication.attempts set window_ends = window_ends - interval '200 seconds'");
      const [hers, nobodys] = [await wait(ann.login), await wait('nobody@example.com')];
      const seconds = (turn: Turn) => ('retryAfter' in turn && turn.retryAfter !== undefined ? turn.retryAfter : 0);
      expect(Math.abs(seconds(hers) - seconds(nobodys))).toBeLessThan(60);
    });
  });

  it('counts all machines of one network together', async () => {
    expect(await many(150, (index) => ({ login: `u${index}@example.com`, address: `192.0.2.${index}` }))).toBe(100);
  });

  it('abuse 54: lets a known device through while its whole network is held back', async () => {
    await many(150, (index) => ({ login: `u${index}@example.com`, address: ann.address }));
    expect(await throttle.take('sign-in', ann)).toMatchObject({ allowed: false });
    expect(await throttle.take('sign-in', { ...ann, device: 'd1' })).toEqual({ allowed: true });
  });

  it('abuse 54: codes behind a right password are not held back by others of the network', async () => {
    for (let index = 0; index < 150; index += 1) await throttle.take('confirm-code', { login: `a${index}`, address: ann.address });
    expect(await throttle.take('confirm-code', { login: 'a-1', address: ann.address })).toEqual({ allowed: true });
  });

  it('what a network is refused does not count against the login', async () => {
    await many(101, (index) => ({ login: `u${index}@example.com`, address: '192.0.2.1' }));
    await many(50, () => ann);
    expect(await throttle.take('sign-in', { ...ann, address: '198.51.100.1' })).toEqual({ allowed: true });
  });

  const mails = async (kind: Kind, count: number, who: (index: number) => Who) => (await Promise.all(Array.from({ length: count }, (_, index) => throttle.take(kind, who(index))))).filter(({ allowed }) => allowed).length;
  const anywhere = (index: number) => ({ ...ann, address: `198.51.${index}.1` });

  it.each(['register', 'recover', 'confirm'] as const)('lets one network ask for three mails an hour, and all together for six: %s', async (kind) => {
    expect(await mails(kind, 20, () => ann)).toBe(3);
    expect(await mails(kind, 20, anywhere)).toBe(3);
  });

  it('abuse 54: mails for a registration, a new password and a sign-in are counted apart', async () => {
    await mails('register', 50, anywhere);
    expect(await throttle.take('recover', owner)).toEqual({ allowed: true });
    await mails('recover', 50, anywhere);
    expect(await throttle.take('confirm', { ...owner, login: 'a1' })).toEqual({ allowed: true });
    await database.query('delete from authentication.attempts');
    await mails('recover', 50, anywhere);
    expect(await throttle.take('register', owner)).toEqual({ allowed: true });
  });

  it('abuse 54: three requests of a stranger leave the owner hers, from her network and in her own browser', async () => {
    await mails('recover', 3, () => ann);
    expect(await throttle.take('recover', owner)).toEqual({ allowed: true });
    await mails('recover', 50, anywhere);
    expect(await throttle.take('recover', { ...owner, device: 'd1' })).toEqual({ allowed: true });
  });

  it('abuse 54: a new password gives its mail back, also where strangers used up all of them', async () => {
    await mails('recover', 50, anywhere);
    expect(await throttle.take('recover', owner)).toEqual({ allowed: false, retryAfter: undefined });
    await throttle.succeeded('recover', { login: ann.login });
    expect(await throttle.take('recover', { ...owner, address: '203.0.114.5' })).toEqual({ allowed: true });
    expect(await throttle.take('recover', { ...owner, address: '203.0.115.5' })).toEqual({ allowed: false, retryAfter: undefined });
  });

  it('abuse 54: where the network says nothing, visits are counted instead of everybody together', async () => {
    const here = (visit: string) => ({ login: ann.login, address: '127.0.0.1', visit });
    expect(await mails('recover', 20, () => here('u1'))).toBe(3);
    expect(await throttle.take('recover', here('u2'))).toEqual({ allowed: true });
  });

  it('abuse 54: a mailbox gets no more registrations under its tags', async () => {
    expect(await mails('register', 100, (index) => ({ login: `ann+${index}@example.com`, address: `198.51.${index}.1` }))).toBe(6);
    expect(await mails('register', 100, (index) => ({ login: `b.o.b+${index}@${index % 2 ? 'gmail' : 'googlemail'}.com`, address: `198.51.${index}.1` }))).toBe(6);
    expect(await mails('mailbox', 100, (index) => ({ login: `ann+${index}@example.com` }))).toBe(12);
    expect(await throttle.take('recover', { ...owner, login: 'ann+1@example.com' })).toEqual({ allowed: true });
  });

  it('abuse 54: recovery by code stops after a hundred wrong ones in a row, whatever the hours, in vain and untold', async () => {
    let through = 0;
    for (let hour = 0; hour < 15; hour += 1) {
      through += await mails('recovery-code', 10, (index) => ({ ...ann, address: `198.51.${index}.1` }));
      await later();
    }
    expect(through).toBe(100);
    expect(await throttle.take('recovery-code', owner)).toEqual({ allowed: false, retryAfter: undefined });
    await throttle.proven({ login: ann.login, accountId: 'a1' });
    await later();
    expect(await throttle.take('recovery-code', owner)).toEqual({ allowed: true });
  });

  it('keeps no address and no login', async () => {
    await throttle.take('sign-in', ann);
    const { rows } = await database.query<{ row: string }>("select convert_from(key, 'LATIN1') || a::text as row from authentication.attempts a");
    expect(rows.map(({ row }) => row).join(' ')).not.toMatch(/ann|192\.0/);
  });
});
