import { AsyncLocalStorage } from 'node:async_hooks';
import { Unavailable } from './event-store.js';

/** When the work that is under way must have ended, on the clock of `performance.now()`. */
const ends = new AsyncLocalStorage<number>();

/** Runs `work`, and everything that it calls, under one deadline of so many milliseconds; a deadline that holds already is never moved on. */
export const withinDeadline = <T>(milliseconds: number, work: () => T): T => ends.run(Math.min(performance.now() + milliseconds, ends.getStore() ?? Infinity), work);

/** Milliseconds that a call may take: `most`, or what is left of the deadline that it is under. 0: there is none left. */
export const timeLeft = (most: number): number => Math.max(0, Math.min(most, (ends.getStore() ?? Infinity) - performance.now()));

/** Runs what serves many callers at once: the deadline of the one who happened to begin it is not its own. */
export const withoutDeadline = <T>(work: () => T): T => ends.exit(work);

/** What is kept of the time for the answer that follows a wait. Milliseconds. */
const FOR_THE_ANSWER = 250;

/** Milliseconds that may be spent on waiting for something that need not come: `most`, or what is left when there is still an answer to be given. */
export const timeToWait = (most: number): number => Math.min(most, Math.max(0, timeLeft(Infinity) - FOR_THE_ANSWER));

/** Shared work, for one of those who wait for it: throws `Unavailable` at the caller's deadline, and leaves the work alone. */
export async function inTime<T>(engine: string, work: Promise<T>): Promise<T> {
  const left = timeLeft(Infinity);
  if (left === Infinity) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Unavailable(engine, { because: 'no answer in time' })), left);
  });
  work.catch(() => undefined);
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
