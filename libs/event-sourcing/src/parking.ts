import { pack, type Entry } from './entry.js';
import type { Parked } from './subscription.js';

const KEYS_A_MINUTE = 20;

/** So many keys failed at once that it is not the events that are wrong. */
export class TooManyParked extends Error {
  constructor() {
    super(`more than ${KEYS_A_MINUTE} keys would have been parked within a minute`);
  }
}

/** Counts newly parked keys over the last minute. */
export class Alarms {
  #times: number[] = [];

  /** Throws before one too many is parked. */
  count(now = performance.now()): void {
    this.#times = [...this.#times.filter((time) => time > now - 60_000), now];
    if (this.#times.length > KEYS_A_MINUTE) throw new TooManyParked();
  }
}

/** Parks what failed. */
export const poison = (entry: Entry, error: unknown, attempts: number, mayQuote: boolean): Parked => ({ ...place(entry), error: describe(error, mayQuote), attempts });

/** Parks what comes behind something parked. */
export const waiting = (entry: Entry): Parked => ({ ...place(entry), error: 'waits behind an earlier event of its key', attempts: 0 });

const place = ({ key, position, source }: Entry): Pick<Parked, 'key' | 'position' | 'event'> => ({ key, position, event: pack(source) });

/** Messages may quote values, which are personal where they were opened: then only the name and the code are kept. */
const describe = (error: unknown, mayQuote: boolean): string => {
  if (!(error instanceof Error)) return 'unknown';
  const { code, rule } = error as { code?: unknown; rule?: unknown };
  const known = [error.name, code, rule].filter((part) => typeof part === 'string').join(' ');
  return (mayQuote ? `${known}: ${error.message}` : known).slice(0, 500);
};
