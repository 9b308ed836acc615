import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Database } from '@symbolon/postgres';
import type { Ports } from '@symbolon/web';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { Throttle } from '../throttle/throttle.js';
import { SecretGuesses } from './secret-guesses.js';

let engine: TestDatabase;
let guesses: SecretGuesses;
let statements: number;

beforeAll(async () => {
  engine = await testDatabase();
  await engine.database().query('create schema authentication');
  await engine.database().query(readFileSync(new URL('../../migrations/0011_throttle.sql', import.meta.url), 'utf8'));
}, 60_000);
afterAll(() => engine?.close());

/** A process of its own, on the same rows. */
const process = () => {
  const real = engine.database();
  const database = { query: (text: string, values?: readonly unknown[]) => ((statements += 1), real.query(text, values)) } as Database;
  const throttle = new Throttle({ database, configuration: { keys: { pepper: Buffer.alloc(32, 1) } } } as unknown as Pick<Ports, 'database' | 'configuration'>);
  return new SecretGuesses({ secretFits: async (_, secret) => secret === 'right' }, throttle);
};

beforeEach(async () => {
  await engine.database().query('delete from authentication.attempts');
  [guesses, statements] = [process(), 0];
});

const wrong = (times: number, address = '192.0.2.1') => Promise.all(Array.from({ length: times }, (_, index) => guesses.fits('c_1', `wrong ${index}`, address)));

it('abuse 35: a client that knows its secret costs no statement', async () => {
  for (let index = 0; index < 200; index += 1) expect(await guesses.fits('c_1', 'right', '192.0.2.1')).toBe(true);
  expect(statements).toBe(0);
});

it('abuse 35: a mistyped secret does not lock the client out', async () => {
  await wrong(20);
  for (let index = 0; index < 200; index += 1) expect(await guesses.fits('c_1', 'right', '192.0.2.1')).toBe(true);
});

it('abuse 35: after a hundred wrong secrets from an address not even the right one is let in there, until the window ends', async () => {
  await wrong(1);
  await wrong(99);
  expect(await guesses.fits('c_1', 'right', '192.0.2.1')).toBe(false);
  expect(await guesses.fits('c_1', 'right', '198.51.100.1')).toBe(true);
  expect(await guesses.fits('c_2', 'right', '192.0.2.1')).toBe(true);
  await engine.database().query('update authentication.attempts set window_ends = clock_timestamp()');
  expect(await guesses.fits('c_1', 'right', '192.0.2.1')).toBe(true);
});

it('abuse 35: counts what several processes saw together', async () => {
  await wrong(60);
  guesses = process();
  await wrong(60);
  expect(await guesses.fits('c_1', 'right', '192.0.2.1')).toBe(false);
});
