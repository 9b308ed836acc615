import { pack, type Entry } from './entry.js';
import { OfTheEvent } from './fault.js';
import type { Parked } from './subscription.js';

/** So many keys in a row, and nothing that succeeds between them: it is not the events that are wrong. */
const KEYS_IN_A_ROW = 20;

/** The subscription stands still, for what failed would fail for every event; the message says why. */
export class StandsStill extends Error {
  override readonly name = 'StandsStill';
}

/**
 * Tells a fault of ours from events that are wrong. What is the event's own fault is never counted, however many there are: whoever can write events
 * could stop a subscription for everybody.
 */
export class Alarms {
  readonly #keys = new Set<string>();
  #standing = false;

  /** Before a key is parked for something that may be ours. Throws when it has to be. */
  count(key: string, error: unknown): void {
    this.#keys.add(key);
    if (this.#keys.size > KEYS_IN_A_ROW) throw this.stop(`${this.#keys.size} keys in a row failed and nothing succeeded; the last one with ${describe(error, false)}`);
  }

  /** An engine refuses whatever the event is. */
  refused(error: unknown): StandsStill {
    return this.stop(describe(error, true)); // what an engine says of its own tables and rights quotes no event
  }

  /** Something was handled. True: the subscription stood still before, so that what was parked on the way there is worth another try. */
  succeeded(): boolean {
    const stood = this.#standing;
    this.#standing = false;
    this.#keys.clear();
    return stood;
  }

  private stop(reason: string): StandsStill {
    this.#standing = true;
    return new StandsStill(reason);
  }
}

/** Parks what failed. */
export const poison = (entry: Entry, error: unknown, attempts: number, mayQuote: boolean): Parked => ({ ...place(entry), error: describe(error, mayQuote), attempts });

/** Parks what comes behind something parked. */
export const waiting = (entry: Entry): Parked => ({ ...place(entry), error: 'waits behind an earlier event of its key', attempts: 0 });

const place = ({ key, position, source }: Entry): Pick<Parked, 'key' | 'position' | 'event'> => ({ key, position, event: pack(source) });

/** Messages may quote values, which are personal where they were opened: then only the name and the code are kept. */
const describe = (error: unknown, mayQuote: boolean): string => {
  const own = error instanceof OfTheEvent ? error.cause : error;
  if (!(own instanceof Error)) return 'unknown';
  const { code, rule } = own as { code?: unknown; rule?: unknown };
  const known = [own.name, code, rule].filter((part) => typeof part === 'string').join(' ');
  return (mayQuote ? `${known}: ${own.message}` : known).slice(0, 500);
};
