import type { KeyObject } from 'node:crypto';
import { inTime, withoutDeadline } from '@symbolon/event-sourcing';

/** A subject's key, or that it was destroyed; `undefined`: there never was one. */
export type Found = KeyObject | 'forgotten';

/** Where subject keys lie. `create` makes those that are missing, whoever comes first, and answers as `find`. */
export interface KeyRows {
  find(subjects: readonly string[]): Promise<ReadonlyMap<string, Found>>;
  create(subjects: readonly string[]): Promise<ReadonlyMap<string, Found>>;
  forget(subject: string): Promise<void>;
}

/** Unwrapped keys stay in memory for so long, never longer. */
export const KEY_LIFETIME = 60_000;

/** How often a process looks for keys to drop; taken off their time, so that a late look is not too late. */
const SWEEP = 1_000;

type Kept = Readonly<{ found: Found; until: number }>;
type Waiting = Readonly<{ subject: string; create: boolean; resolve: (found: Found | undefined) => void; reject: (error: unknown) => void }>;

/** Keys by subject: kept for a minute at most, and looked up together when many are wanted at once. */
export class SubjectKeys {
  readonly #kept = new Map<string, Kept>();
  #waiting: Waiting[] = [];
  /** Counts what was forgotten here: a lookup that began before must not be kept. */
  #forgets = 0;
  #sweeping: NodeJS.Timeout | undefined;

  constructor(
    private readonly rows: KeyRows,
    private readonly clock: () => number,
  ) {}

  /** The subject's key, made when there is none and `create` says so. */
  async key(subject: string, create: boolean): Promise<Found | undefined> {
    this.sweep();
    return this.#kept.get(subject)?.found ?? inTime('vault', this.#lookUp(subject, create));
  }

  async forget(subject: string): Promise<void> {
    await this.rows.forget(subject);
    this.#forgets += 1;
    this.#kept.delete(subject);
  }

  /** Drops what is older than its time; answers how many keys are left. Kept in order of age, so it stops at the first young one. */
  sweep(): number {
    const now = this.clock();
    for (const [subject, { until }] of this.#kept) {
      if (until > now) break;
      this.#kept.delete(subject);
    }
    return this.#kept.size;
  }

  #lookUp(subject: string, create: boolean): Promise<Found | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ subject, create, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => void withoutDeadline(() => this.#answer()));
    });
  }

  /** One statement for everybody who asked since the last turn. */
  async #answer(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      const found = await this.#load(waiting);
      for (const { subject, resolve } of waiting) resolve(found.get(subject));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  async #load(waiting: readonly Waiting[]): Promise<ReadonlyMap<string, Found>> {
    const forgets = this.#forgets;
    const since = this.clock();
    const found = new Map(await this.rows.find(sorted(waiting)));
    const missing = sorted(waiting.filter(({ subject, create }) => create && !found.has(subject)));
    if (missing.length > 0) for (const [subject, made] of await this.rows.create(missing)) found.set(subject, made);
    if (forgets === this.#forgets) this.#keep(found, since + KEY_LIFETIME - SWEEP);
    return found;
  }

  #keep(found: ReadonlyMap<string, Found>, until: number): void {
    for (const [subject, key] of found) {
      this.#kept.delete(subject);
      this.#kept.set(subject, { found: key, until });
    }
    this.#sweeping ??= this.#sweepLater();
  }

  /** A quiet process forgets as well, without being kept alive for it. */
  #sweepLater(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#sweeping = this.sweep() > 0 ? this.#sweepLater() : undefined;
    }, SWEEP).unref();
  }
}

/** Each subject once, in one order everywhere: two processes that create the same keys cannot deadlock. */
const sorted = (waiting: readonly Waiting[]): string[] => [...new Set(waiting.map(({ subject }) => subject))].sort();
