import type { Delivered } from './bus.js';
import type { Codec } from './codec.js';
import { effectOf, type Effect } from './effect.js';
import { entryOf, unpack, type Entry } from './entry.js';
import type { Passed, Position, Recorded } from './event.js';
import { faultOf } from './fault.js';
import { Inbox } from './inbox.js';
import { poison, StandsStill, waiting, type Alarms } from './parking.js';
import type { Lead, Step } from './progress.js';
import type { Timing, Wiring } from './run-subscription.js';
import type { Parked, RowChange, Subscription } from './subscription.js';

const BATCH = 500;
const SLICE = 50;
const TRIES = 5;

/** How many parked events were handled after all, and how many are parked still. */
export type Retried = Readonly<{ handled: number; left: number }>;

/** Somebody else leads by now. */
export class Fenced extends Error {}

/** One turn at leading a subscription: everything between winning the lease and losing it. */
export class Turn {
  position: Position | undefined;
  parked = 0;
  readonly #codec: Codec;
  readonly #effect: Effect;
  readonly #keys = new Map<string, number>(); // parked keys, and how much lies behind each
  readonly #asked: (() => Promise<void>)[] = []; // work on what is parked, for the moment between two batches
  readonly #unanswered = new Set<() => void>();
  #inbox: Inbox<Recorded | Delivered | Passed> | undefined;
  #heldAt = performance.now();
  #lastEventAt: number | undefined;

  constructor(
    readonly subscription: Subscription,
    readonly wiring: Wiring,
    readonly timing: Timing,
    readonly lead: Lead,
    readonly alarms: Alarms,
    /** `began`: it leads, and its source may still prove to be away; `worked`: it does not. `handled`: all that had come was handled. */
    readonly hooks: Readonly<{ began(): void; worked(): void; handled(): void; parked(item: Parked): void }>,
  ) {
    this.position = lead.position;
    this.#codec = 'topic' in subscription.from ? wiring.publicCodec(subscription.from.topic) : wiring.codec;
    this.#effect = effectOf(subscription, wiring);
  }

  /** Milliseconds between the last handled event and now, while there is more to handle. */
  get lag(): number {
    return this.#lastEventAt === undefined || (this.#inbox?.empty ?? true) ? 0 : Math.max(0, Date.now() - this.#lastEventAt);
  }

  /** How many keys have something parked. */
  get parkedKeys(): number {
    return this.#keys.size;
  }

  /** Runs in the loop's own order, between two batches; undefined when the lead was lost before. */
  retryParked(): Promise<Retried | undefined> {
    return this.#between(() => this.#retry());
  }

  /** The same for passing over a parked event: undefined also when it is not the oldest of its key. */
  skipParked(key: string, position: Position): Promise<Retried | undefined> {
    return this.#between(() => this.#skip(key, position));
  }

  #between(work: () => Promise<Retried | undefined>): Promise<Retried | undefined> {
    const answer = new Promise<Retried | undefined>((resolve) => {
      const unanswered = () => resolve(undefined);
      this.#unanswered.add(unanswered);
      this.#asked.push(async () => {
        resolve(await work());
        this.#unanswered.delete(unanswered);
      });
    });
    this.#inbox?.wake();
    return answer;
  }

  /** Follows until the signal aborts or the source ends; throws `Fenced`, `Unavailable` or `StandsStill`. */
  async follow(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const end = (): void => (over.abort(), this.#inbox?.close());
    signal.addEventListener('abort', end);
    try {
      for (const { key } of await this.lead.parked()) this.#countParked(key, 1);
      this.hooks.began();
      const inbox = new Inbox(this.#source(over.signal), 4 * BATCH);
      this.#inbox = inbox;
      while (!signal.aborted && !inbox.ended) await this.#next(inbox);
    } finally {
      signal.removeEventListener('abort', end);
      over.abort();
      this.#inbox?.close();
      for (const unanswered of this.#unanswered) unanswered();
    }
  }

  #source(signal: AbortSignal): AsyncIterable<Recorded | Delivered | Passed> {
    const { from, name } = this.subscription;
    const { bus, store } = this.wiring;
    return 'topic' in from ? bus.follow(from.topic, name, this.position, signal) : store.follow(from.categories, this.position, signal);
  }

  #passed: Position | undefined;

  async #next(inbox: Inbox<Recorded | Delivered | Passed>): Promise<void> {
    const items = await inbox.take(this.#heldAt + this.timing.renew - performance.now());
    for (const work of this.#asked.splice(0)) await work();
    const all = batches(items);
    let ahead = this.#read(all[0] ?? []);
    for (const [index, batch] of all.entries()) {
      if (this.#isStale()) await this.#renew();
      const passed = batch.at(-1)!;
      if ('passed' in passed) this.#passed = passed.passed;
      const read = await ahead;
      ahead = this.#read(all[index + 1] ?? []);
      ahead.catch(() => undefined); // it is awaited above, unless this step throws first
      if (read.length > 0) await this.#handle(read);
    }
    if (this.#isStale()) await this.#renew();
    this.hooks.handled();
  }

  #isStale(): boolean {
    return performance.now() - this.#heldAt >= this.timing.renew;
  }

  /** Renews the lease, and on a quiet log moves the place on. */
  async #renew(): Promise<void> {
    const passed = this.#passed;
    this.#passed = undefined;
    if (passed !== undefined && (this.position === undefined || passed > this.position)) return this.#commit({ position: passed });
    if (!(await this.lead.renew())) throw new Fenced();
    this.#heldAt = performance.now();
    this.hooks.worked();
  }

  /** Decodes a batch in slices: the step before it goes on meanwhile. */
  async #read(batch: readonly (Recorded | Delivered | Passed)[]): Promise<readonly Entry[]> {
    const events = batch.filter((item): item is Recorded | Delivered => !('passed' in item));
    const read: Entry[] = [];
    for (let from = 0; from < events.length; from += SLICE) {
      if (from > 0) await new Promise((resolve) => setImmediate(resolve));
      read.push(...(await Promise.all(events.slice(from, from + SLICE).map((event) => entryOf(this.subscription, this.#codec, event)))));
    }
    return read;
  }

  async #handle(read: readonly Entry[]): Promise<void> {
    const entries = await this.#unseen(read);
    if (this.subscription.kind !== 'reaction') return this.#step(entries);
    let from = 0;
    for (const [index, entry] of entries.entries()) {
      if (!isEffective(entry) && index < entries.length - 1) continue;
      await this.#step(entries.slice(from, index + 1)); // one effect a step: a leader that lost its lease repeats at most one
      from = index + 1;
    }
  }

  /** What a topic delivered again is passed over, not handled again. */
  async #unseen(entries: readonly Entry[]): Promise<readonly Entry[]> {
    if (!('topic' in this.subscription.from)) return entries;
    const keys = new Set(entries.filter(isEffective).map(({ key }) => key));
    if (keys.size === 0) return entries;
    const seen = new Map(await this.lead.seen([...keys]));
    return entries.map((entry) => {
      const before = seen.get(entry.key);
      if (before !== undefined && entry.sequence <= before) return { ...entry, envelope: undefined, error: undefined };
      seen.set(entry.key, entry.sequence);
      return entry;
    });
  }

  /** Handles entries as one step; if that fails, each by itself, so that only the culprit is parked. */
  async #step(entries: readonly Entry[]): Promise<void> {
    if (this.#isStale()) await this.#renew();
    const behind = entries.filter((entry) => isEffective(entry) && this.#keys.has(entry.key));
    const active = entries.filter((entry) => isEffective(entry) && !this.#keys.has(entry.key));
    for (let tries = 1; ; tries++) {
      try {
        const rows = active.length > 0 ? await this.#effect(active) : [];
        await this.#commit({ position: entries.at(-1)!.position, ...this.#rows(rows), seen: this.#seen(entries), park: behind.map(waiting) }, entries);
        if (active.length > 0 && this.alarms.succeeded() && this.parked > 0) await this.#retry();
        return;
      } catch (error) {
        const fault = this.#own(error);
        if (entries.length > 1) break;
        if (fault === 'value' || tries === TRIES) return this.#park(entries[0]!, error, tries);
        await new Promise((resolve) => setTimeout(resolve, this.timing.retry * tries));
      }
    }
    for (const entry of entries) await this.#step([entry]);
  }

  /** What is not the event's fault for certain is thrown on; the rest is answered. */
  #own(error: unknown): 'value' | 'unknown' {
    const fault = error instanceof Fenced || error instanceof StandsStill ? 'away' : faultOf(error);
    if (fault === 'away') throw error;
    if (fault === 'engine') throw this.alarms.refused(error);
    return fault;
  }

  /** What is the event's fault fails again however often it is tried, and is parked at once: everybody else waits meanwhile. */
  async #park(entry: Entry, error: unknown, tries: number): Promise<void> {
    if (faultOf(error) === 'unknown') this.alarms.count(entry.key, error);
    const item = poison(entry, error, tries, this.subscription.kind === 'projection');
    await this.#commit({ position: entry.position, seen: this.#seen([entry]), park: [item] }, [entry]);
    this.hooks.parked(item);
  }

  #rows(rows: readonly RowChange[]): Pick<Step, 'table' | 'rows'> {
    return this.subscription.kind === 'projection' && rows.length > 0 ? { table: this.subscription.table, rows } : {};
  }

  #seen(entries: readonly Entry[]): Step['seen'] {
    if (!('topic' in this.subscription.from)) return undefined;
    const newest = new Map(entries.filter(isEffective).map(({ key, sequence }) => [key, sequence]));
    return [...newest].map(([key, sequence]) => ({ key, sequence }));
  }

  async #commit(asked: Step, entries: readonly Entry[] = []): Promise<void> {
    const forward = asked.position !== undefined && (this.position === undefined || asked.position > this.position); // not when a bus delivers again
    const step = forward ? asked : { ...asked, position: undefined };
    if (!(await this.lead.commit(step))) throw new Fenced();
    this.#heldAt = performance.now();
    this.position = step.position ?? this.position;
    for (const { key } of step.park ?? []) this.#countParked(key, 1);
    for (const { key } of step.unpark ?? []) this.#countParked(key, -1);
    const at = entries.at(-1)?.envelope?.metadata.at;
    if (at !== undefined) this.#lastEventAt = Date.parse(at);
    this.hooks.worked();
  }

  #countParked(key: string, by: number): void {
    this.parked += by;
    const count = (this.#keys.get(key) ?? 0) + by;
    if (count > 0) this.#keys.set(key, count);
    else this.#keys.delete(key);
  }

  /** Parked events again, oldest first; what fails keeps everything behind it in its place. */
  async #retry(only?: string): Promise<Retried> {
    const failed = new Set<string>();
    let handled = 0;
    for (const item of await this.lead.parked()) {
      if (failed.has(item.key) || (only !== undefined && item.key !== only)) continue;
      const entry = await entryOf(this.subscription, this.#codec, unpack(item.event));
      try {
        const rows = isEffective(entry) ? await this.#effect([entry]) : [];
        await this.#commit({ ...this.#rows(rows), unpark: [{ key: item.key, position: item.position }] }, [entry]);
        handled++;
      } catch (error) {
        this.#own(error);
        failed.add(item.key);
      }
    }
    return { handled, left: this.parked };
  }

  /** Takes the oldest parked event of a key away, unhandled, and handles what waits behind it. */
  async #skip(key: string, position: Position): Promise<Retried | undefined> {
    const oldest = (await this.lead.parked()).find((item) => item.key === key);
    if (oldest?.position !== position) return undefined;
    await this.#commit({ unpark: [{ key, position }] });
    return this.#retry(key);
  }
}

const isEffective = (entry: Entry): boolean => entry.envelope !== undefined || entry.error !== undefined;

const batches = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) => items.slice(index * BATCH, (index + 1) * BATCH));
