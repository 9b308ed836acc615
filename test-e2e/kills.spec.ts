import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { isDeep, rounds } from './deep.js';
import { eventTypes } from './event-log.js';
import { freePorts, machineToken, newDataDir, startProduct } from './product.js';
import type { Product } from './product.js';
import { newClient } from './relying-party.js';

/** Kills in one run; half of them hit Node, half the database. */
const KILLS = rounds(4, 30);
const WRITERS = 8;

/**
 * Where the kill found a write. A commit that was under way when it fell is one of the first two, by whether it reached the disk: from outside nothing
 * more can be told.
 */
type Found = 'not sent' | 'before its commit' | 'after its commit, before the answer' | 'answered';
type Write = { key: string; sent: boolean; revision?: string };
/** One application of one writer: each write gives it a new secret, which is another event whenever it is carried out twice. */
type Ledger = Readonly<{ client: string; writes: Write[] }>;

/** Random numbers that a printed seed brings back (mulberry32). */
function generator(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const seed = Number(process.env.SYMBOLON_TEST_SEED ?? randomBytes(4).readUInt32BE());
const random = generator(seed);
const dataDir = newDataDir();
let product: Product | undefined;

afterAll(async () => {
  await product?.stop();
}, 60_000);

const rotate = (origin: string, token: string, client: string, { key }: Write) =>
  fetch(`${origin}/api/authentication/v1/clients/${client}/secret`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': key },
    signal: AbortSignal.timeout(20_000),
  });

const neverLeft = (error: unknown): boolean => (error as { cause?: { code?: string } }).cause?.code === 'ECONNREFUSED';

async function writeUntilKilled(origin: string, token: string, { client, writes }: Ledger, over: () => boolean): Promise<void> {
  while (!over()) {
    const write: Write = { key: randomUUID(), sent: true };
    writes.push(write);
    try {
      const answer = await rotate(origin, token, client, write);
      if (answer.status !== 201 && answer.status !== 202) return; // a fault is no acknowledgement: the write may be stored or not
      write.revision = ((await answer.json()) as { revision: string }).revision;
    } catch (error) {
      write.sent = !neverLeft(error);
      return;
    }
  }
}

/** Writes until the victim is killed at a random moment; resolves with what was tried when nothing of the product is left. */
async function killUnderLoad(running: Product, token: string, victim: 'node' | 'postgres'): Promise<Ledger[]> {
  const ledgers = await Promise.all(Array.from({ length: WRITERS }, async (): Promise<Ledger> => ({ client: (await newClient(running)).id, writes: [] })));
  let over = false;
  const writers = ledgers.map((ledger) => writeUntilKilled(running.origin, token, ledger, () => over));
  await new Promise((resolve) => setTimeout(resolve, 30 + random() * 300));
  const gone = new Promise((resolve) => running.child.once('exit', resolve));
  if (victim === 'postgres') process.kill(databasePid(), 'SIGKILL');
  else running.child.kill('SIGKILL');
  over = true;
  await Promise.all(writers);
  running.child.kill('SIGKILL');
  await gone;
  return ledgers;
}

/** How many writes the log itself holds for an application: those beyond its registration and its first secret. */
async function stored(running: Product, client: string): Promise<number> {
  const [created, ...secrets] = (await eventTypes(running, `client-${client}`)).map((type) => type.split('.').at(-1));
  expect([created, ...secrets]).toEqual(['ClientCreated', ...secrets.map(() => 'ClientSecretRotated')]);
  return secrets.length - 1;
}

/**
 * Each acknowledged write is one event, at the place that its answer named; the last one of a writer that was not may be there or not, and is there once
 * after it was repeated under its key, however often.
 */
async function settle(running: Product, token: string, { client, writes }: Ledger): Promise<Found[]> {
  const answered = writes.filter(({ revision }) => revision !== undefined);
  expect(answered.map(({ revision }) => revision)).toEqual(answered.map((_, index) => `${index + 2}`));
  const there = await stored(running, client);
  expect(there).toBeGreaterThanOrEqual(answered.length);
  expect(there).toBeLessThanOrEqual(writes.length);
  for (const write of [...answered.slice(-1), ...writes.slice(-1), ...writes.slice(-1)]) expect((await rotate(running.origin, token, client, write)).ok).toBe(true);
  expect(await stored(running, client)).toBe(writes.length);
  return writes.map(({ sent, revision }) => (revision !== undefined ? 'answered' : !sent ? 'not sent' : there > answered.length ? 'after its commit, before the answer' : 'before its commit'));
}

const databasePid = () => Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

const SCOPES = 'clients:write';

it('after kills at random points nothing acknowledged is lost and nothing is doubled (DEP-5)', async () => {
  console.log(`${KILLS} kills, seed ${seed} (SYMBOLON_TEST_SEED=${seed} repeats the moments)`);
  const ports = await freePorts();
  const histogram: Record<Found, number> = { 'not sent': 0, 'before its commit': 0, 'after its commit, before the answer': 0, answered: 0 };
  product = await startProduct({ dataDir, ports });
  let token = await machineToken(product, SCOPES);
  for (let round = 0; round < KILLS; round += 1) {
    const ledgers = await killUnderLoad(product, token, round % 2 === 0 ? 'node' : 'postgres');
    product = await startProduct({ dataDir, ports });
    token = await machineToken(product, SCOPES);
    for (const found of (await Promise.all(ledgers.map((ledger) => settle(product!, token, ledger)))).flat()) histogram[found] += 1;
  }
  console.log(`where the kills found the writes: ${Object.entries(histogram).map(([found, count]) => `${found} ${count}`).join(', ')}`);
  expect(histogram.answered).toBeGreaterThan(KILLS);
  if (isDeep) for (const seldom of ['before its commit', 'after its commit, before the answer'] as const) expect([seldom, histogram[seldom] > 0]).toEqual([seldom, true]);
}, 1_200_000);
