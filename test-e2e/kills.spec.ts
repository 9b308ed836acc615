import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { freePorts, machineToken, newDataDir, startProduct } from './product.js';
import type { Product } from './product.js';

/** Kills in one run; half of them hit Node, half the database. */
const KILLS = 30;
const WRITERS = 8;

type Outcome = 'not sent' | 'sent, not stored' | 'stored, not answered' | 'answered';
type Write = { purpose: string; key: string; sent: boolean; answered: boolean };

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
});

const publish = (origin: string, token: string, write: Write) =>
  fetch(`${origin}/api/consent/v1/purposes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': write.key },
    body: JSON.stringify({ purpose: write.purpose, basis: 'consent', claims: [], textVersion: 1, title: 'A purpose', text: 'What it is for.' }),
    signal: AbortSignal.timeout(10_000),
  });

async function writeUntilKilled(origin: string, token: string, ledger: Write[], over: () => boolean): Promise<void> {
  while (!over()) {
    const write: Write = { purpose: `p${randomUUID().replaceAll('-', '')}`, key: randomUUID(), sent: false, answered: false };
    ledger.push(write);
    try {
      write.sent = true;
      const answer = await publish(origin, token, write);
      await answer.arrayBuffer();
      write.answered = answer.status === 201;
    } catch {
      return;
    }
    if (!write.answered) return;
  }
}

/** All purposes that were stored before this moment: a write of our own marks it, and the list waits for that. */
const listed = async (origin: string, token: string): Promise<string[]> => {
  const marked = await publish(origin, token, { purpose: `m${randomUUID().replaceAll('-', '')}`, key: randomUUID(), sent: true, answered: false });
  const after = marked.headers.get('symbolon-position');
  let answer: Response;
  do answer = await fetch(`${origin}/api/consent/v1/purposes?after=${after}`, { headers: { authorization: `Bearer ${token}` } });
  while (answer.status === 202);
  const body = (await answer.json()) as { purposes: { purpose: string }[] };
  return body.purposes.map(({ purpose }) => purpose);
};

/** Writes until the victim is killed at a random moment; resolves with what was tried when nothing of the product is left. */
async function killUnderLoad(running: Product, token: string, victim: 'node' | 'postgres'): Promise<Write[]> {
  const ledger: Write[] = [];
  let over = false;
  const writers = Array.from({ length: WRITERS }, () => writeUntilKilled(running.origin, token, ledger, () => over));
  await new Promise((resolve) => setTimeout(resolve, 30 + random() * 300));
  const gone = new Promise((resolve) => running.child.once('exit', resolve));
  if (victim === 'postgres') process.kill(databasePid(), 'SIGKILL');
  else running.child.kill('SIGKILL');
  over = true;
  await Promise.all(writers);
  running.child.kill('SIGKILL');
  await gone;
  return ledger;
}

/** Every acknowledged write is there once; every other one is repeated under its key and is there once afterwards. */
async function settle(running: Product, token: string, ledger: readonly Write[]): Promise<Outcome[]> {
  const stored = new Set(await listed(running.origin, token));
  for (const write of ledger) {
    if (write.answered) expect(stored).toContain(write.purpose);
    else expect((await publish(running.origin, token, write)).status).toBe(201);
  }
  const all = await listed(running.origin, token);
  expect(new Set(all).size).toBe(all.length);
  const there = new Set(all);
  expect(ledger.filter(({ purpose }) => !there.has(purpose))).toEqual([]);
  return ledger.map((write) => (write.answered ? 'answered' : !write.sent ? 'not sent' : stored.has(write.purpose) ? 'stored, not answered' : 'sent, not stored'));
}

const databasePid = () => Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

const SCOPES = 'purposes:write consent:read';

it(`after ${KILLS} kills at random points nothing acknowledged is lost and nothing is doubled (DEP-5)`, async () => {
  console.log(`seed ${seed} (SYMBOLON_TEST_SEED=${seed} repeats the moments)`);
  const ports = await freePorts();
  const histogram: Record<Outcome, number> = { 'not sent': 0, 'sent, not stored': 0, 'stored, not answered': 0, answered: 0 };
  product = await startProduct({ dataDir, ports });
  let token = await machineToken(product, SCOPES);
  for (let round = 0; round < KILLS; round += 1) {
    const ledger = await killUnderLoad(product, token, round % 2 === 0 ? 'node' : 'postgres');
    product = await startProduct({ dataDir, ports });
    token = await machineToken(product, SCOPES);
    for (const outcome of await settle(product, token, ledger)) histogram[outcome] += 1;
  }
  console.log(`at the moment of the kill: ${Object.entries(histogram).map(([outcome, count]) => `${outcome} ${count}`).join(', ')}`);
  expect(histogram.answered).toBeGreaterThan(KILLS);
}, 600_000);
