import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '@symbolon/postgres';
import type { Ports } from '@symbolon/web';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { Codes } from './codes.js';

let engine: TestDatabase;
let database: Database;
let codes: Codes;

beforeAll(async () => {
  engine = await testDatabase();
  database = engine.database();
  await database.query('create schema authentication');
  await database.query(readFileSync(new URL('../../migrations/0012_codes.sql', import.meta.url), 'utf8'));
  codes = new Codes({ database, configuration: { keys: { pepper: Buffer.alloc(32, 1) } } } as unknown as Pick<Ports, 'database' | 'configuration'>);
}, 60_000);
afterAll(() => engine?.close());

/** A code that is not this one. */
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
const age = (binding: string, minutes: number) => database.query(`update authentication.mailed_codes set issued_at = issued_at - interval '${minutes} minutes', first_issued_at = first_issued_at - interval '${minutes} minutes'`, []).then(() => binding);

describe('a mailed code', () => {
  it('is six digits', async () => expect(await codes.issue('register', 'r0')).toMatch(/^\d{6}$/));

  it('abuse 17: fifty right answers at once count once', async () => {
    const code = await codes.issue('sign-in', 's1');
    const answers = await Promise.all(Array.from({ length: 50 }, () => codes.check('sign-in', 's1', code)));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('counts as it is read aloud: with spaces and dashes', async () => {
    const code = await codes.issue('register', 'r1');
    expect(await codes.check('register', 'r1', ` ${code.slice(0, 3)}-${code.slice(3)} `)).toBe(true);
  });

  it('counts however it is typed', async () => {
    const code = await codes.issue('register', 'r4');
    const arabic = [...code].map((digit) => String.fromCodePoint(0x660 + Number(digit))).join('');
    expect(await codes.check('register', 'r4', `Your code is: \u2067${arabic.slice(0, 3)}\u2011${arabic.slice(3)}\u2069`)).toBe(true);
  });

  it('is dead after five wrong tries', async () => {
    const code = await codes.issue('sign-in', 's2');
    for (let tries = 0; tries < 5; tries++) expect(await codes.check('sign-in', 's2', wrong(code))).toBe(false);
    expect(await codes.check('sign-in', 's2', code)).toBe(false);
  });

  it('allows the right one at the fifth try', async () => {
    const code = await codes.issue('sign-in', 's3');
    for (let tries = 0; tries < 4; tries++) await codes.check('sign-in', 's3', wrong(code));
    expect(await codes.check('sign-in', 's3', code)).toBe(true);
  });

  it('keeps its tries when another one is mailed', async () => {
    const first = await codes.issue('sign-in', 's4');
    for (let tries = 0; tries < 5; tries++) await codes.check('sign-in', 's4', wrong(first));
    expect(await codes.check('sign-in', 's4', await codes.issue('sign-in', 's4'))).toBe(false);
    await age('s4', 31);
    expect(await codes.check('sign-in', 's4', await codes.issue('sign-in', 's4'))).toBe(true);
  });

  it('is replaced by the next one', async () => {
    const first = await codes.issue('recovery', 'v1');
    let second = await codes.issue('recovery', 'v1');
    while (second === first) second = await codes.issue('recovery', 'v1');
    expect(await codes.check('recovery', 'v1', first)).toBe(false);
    expect(await codes.check('recovery', 'v1', second)).toBe(true);
  });

  it('is good for ten minutes', async () => {
    const code = await codes.issue('recovery', 'v2');
    await age('v2', 10);
    expect(await codes.check('recovery', 'v2', code)).toBe(false);
  });

  it('opens nothing of another purpose, nor of another binding', async () => {
    const code = await codes.issue('register', 'r2');
    expect(await codes.check('recovery', 'r2', code)).toBe(false);
    expect(await codes.check('register', 'r3', code)).toBe(false);
    expect(await codes.check('register', 'r2', code)).toBe(true);
  });
});
