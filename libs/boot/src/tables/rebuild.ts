import { setTimeout as pause } from 'node:timers/promises';
import { runSubscription } from '@symbolon/event-sourcing';
import type { Position, Projection, RunningSubscription, Wiring } from '@symbolon/event-sourcing';
import { buildBeside, compareAtOnePlace, discard, parkedBeyond, switchTables } from '@symbolon/postgres';
import type { Comparison, Database, ReadTable } from '@symbolon/postgres';
import { Gate } from './gate.js';

/** Milliseconds: how often the live follower's place is looked at, and how long it may be held (its own transactions end after three seconds). */
const LOOK = 50;
const HOLD = 2_000;
/** Tries to bring both to one place. */
const TRIES = 20;
const LAPS = 3;
/** The one that rebuilds moves on over a quiet stretch more often than others, for somebody waits for it. */
const RENEW = 200;

/** `percent`: how far the rebuilt table has come on the way to the live one's place. */
export type Told = (state: 'building' | 'comparing' | 'switching', percent: number) => void;

/** `owner`: the database as its owner. `kept`: the live follower's place. `signal` gives the rebuild up. */
export type RebuildOptions = Readonly<{ projection: Projection; wiring: Wiring; owner: Database; kept(): Promise<Position | undefined>; told: Told; signal: AbortSignal }>;

/** What was found: the comparison at one place, and how many events the new table's follower had to park. */
export type Rebuilt = Readonly<{ comparison: Comparison; parked: number }>;

/** The rebuild was given up and the live table left as it is; the message says why, without data. */
export class RebuildGivenUp extends Error {
  override readonly name = 'RebuildGivenUp';
}

/** Builds a read table again from the log's start, by the projection that fills the live one, beside it; compares; switches. The live one goes on meanwhile. */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const { projection, owner, signal } = options;
  const live: ReadTable = { table: projection.table.name, subscription: projection.name };
  const next = await buildBeside(owner, live);
  const stop = new AbortController();
  const gate = new Gate();
  const running = runSubscription(renamed(projection, next), gated(options.wiring, gate), AbortSignal.any([signal, stop.signal]));
  const ended = async (): Promise<true> => {
    stop.abort();
    await running.done;
    return true;
  };
  try {
    await caughtUp(running, gate, options);
    await noMoreParked(owner, live, next);
    const reach = (position: Position) => reached(running, gate, position);
    options.told('comparing', 100);
    const comparison = await tried(signal, () => compareAtOnePlace(owner, live, next, reach));
    const { parked } = running.state();
    options.told('switching', 100);
    await tried(signal, async () => (await switchTables(owner, live, next, async (position) => (await reach(position)) && ended())) || undefined);
    return { comparison, parked };
  } catch (error) {
    await ended();
    await discard(owner, next);
    throw error;
  }
}

const renamed = (projection: Projection, { table, subscription }: ReadTable): Projection => ({ ...projection, name: subscription, table: { ...projection.table, name: table } });

const gated = (wiring: Wiring, gate: Gate): Wiring => ({
  ...wiring,
  timing: { ...wiring.timing, renew: RENEW },
  store: { ...wiring.store, follow: (categories, after, signal) => gate.upTo(wiring.store.follow(categories, after, signal), signal) },
  bus: { ...wiring.bus, follow: (topic, group, after, signal) => gate.upTo(wiring.bus.follow(topic, group, after, signal), signal) },
});

/** Lap by lap to where the live one stood when the lap began; each lap is shorter, for only what was written during the one before is left. */
async function caughtUp(running: RunningSubscription, gate: Gate, { kept, told, signal }: RebuildOptions): Promise<void> {
  for (let lap = 0; lap < LAPS; lap += 1) {
    const target = (await kept()) ?? '';
    for (gate.raise(target); placeOf(running) < target; gate.raise((await kept()) ?? '')) {
      told('building', percent(placeOf(running), target));
      await goOn(running, signal);
    }
  }
}

/** Whether it comes to exactly this place while the live follower is held there. */
async function reached(running: RunningSubscription, gate: Gate, position: Position): Promise<boolean> {
  gate.raise(position);
  for (let left = HOLD; left > 0 && placeOf(running) !== position; left -= LOOK) await pause(LOOK);
  return placeOf(running) === position;
}

async function tried<T>(signal: AbortSignal, work: () => Promise<T | undefined>): Promise<T> {
  for (let left = TRIES; left > 0; left -= 1) {
    const done = await work();
    if (done !== undefined) return done;
    if (signal.aborted) break;
    await pause(LOOK * 4);
  }
  throw new RebuildGivenUp('The rebuilt table did not come to the place of the live one. Run the command again when less is written.');
}

/** A table that knows less than the live one would take its place. */
async function noMoreParked(owner: Database, live: ReadTable, next: ReadTable): Promise<void> {
  const more = await parkedBeyond(owner, live, next);
  if (more > 0) throw new RebuildGivenUp(`The projection failed on events that the live table's follower handled (keys: ${more}). Mend it first.`);
}

async function goOn(running: RunningSubscription, signal: AbortSignal): Promise<void> {
  const { stopped } = running.state();
  if (stopped !== undefined) throw new RebuildGivenUp(`The rebuilt table could not be filled: ${stopped}.`);
  if (signal.aborted) throw new RebuildGivenUp('Symbolon was stopped meanwhile.');
  await pause(LOOK);
}

const placeOf = (running: RunningSubscription): Position => running.state().position ?? '';

/** The number in a position, without its era. */
const number = (position: Position): number => Number(BigInt(`0x${position.slice(4, 20) || '0'}`));

const percent = (at: Position, target: Position): number => (number(target) === 0 ? 100 : Math.min(100, Math.floor((100 * number(at)) / number(target))));
