import { setTimeout as wait } from 'node:timers/promises';
import { isUnavailable } from '@symbolon/event-sourcing';
import type { Log, Worker } from '@symbolon/web';

const shortest = 250;
const longest = 30_000;
/** An engine that came back is noticed within this time. */
const longestWhileAway = 5_000;
const healthyAfter = 60_000;

/** Runs a worker until `signal` aborts. When it throws it is started again, later and later, soon again once it ran well for a minute. */
export async function keepRunning(worker: Worker, signal: AbortSignal, log: Log): Promise<void> {
  let pause = shortest;
  while (!signal.aborted) {
    const began = Date.now();
    try {
      await worker.run(signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (Date.now() - began > healthyAfter) pause = shortest;
      if (isUnavailable(error)) pause = Math.min(pause, longestWhileAway);
      log.error({ worker: worker.name, error, pause }, 'a worker stopped and is started again');
    }
    await wait(pause, undefined, { signal }).catch(() => undefined);
    pause = Math.min(pause * 2, longest);
  }
}
