import { inTime, Unavailable, withoutDeadline } from '@symbolon/event-sourcing';
import { Connection } from '../connection.js';
import type { PoolOptions } from '../pool.js';
import type { Head } from './position.js';
import { Wakes } from './wakes.js';

export type LogName = 'es' | 'bus';
type Ends = Record<LogName, Head>;
type Waiting = Readonly<{ log: LogName; parts: Parts; beyond: bigint; wake(): void; fail(error: unknown): void }>;

/** What a follower looks for: categories of the store, a topic of the bus. */
export type Parts = readonly string[];

/** What this process has stored: `count` items of these parts, the last of them at `at`. */
export type Stored = Readonly<{ at: bigint; count: number; parts: Parts }>;

/** Where the last item of each part that this process stored lies, and up to where others may have stored anything. */
type Contents = { readonly own: Map<string, bigint>; others: bigint };

const CHANNEL = 'symbolon_log';
/** How often it asks though nobody said anything: what a notification would have told is seen within this time. */
const POLL = 1_000;
const HINT = 10;
/** How long a follower sleeps while nothing but other parts is stored. */
const QUIET = 1_000;
const HEADS = { name: 'heads', text: 'select h.head, h.era, bus.head() as bus from es.head() h' };

/**
 * Where the logs end: one for each process, on a connection of its own. Every follower of the process waits here. It asks once a second while
 * somebody waits; notifications of other processes and appends of this one make it quicker, never right. It knows what this process stored, so that
 * an append wakes those who follow it; the others look once a second. What another process stored wakes all. Workers are woken on the same channel.
 */
export class LogHeads {
  private readonly connection: Connection;
  private readonly waiting = new Set<Waiting>();
  private ends: Ends = { es: { at: 0n, era: 0 }, bus: { at: 0n, era: 0 } };
  private poll: NodeJS.Timeout | undefined;
  private hint: NodeJS.Timeout | undefined;
  private quiet: NodeJS.Timeout | undefined;
  private readonly contents: Record<LogName, Contents> = { es: { own: new Map(), others: 0n }, bus: { own: new Map(), others: 0n } };
  private asking: Promise<Ends> | undefined;
  private storedSince = false;
  private closed = false;
  private readonly workers = new Wakes();

  constructor(options: PoolOptions) {
    this.connection = new Connection({
      name: 'symbolon heads',
      ...options,
      onOpen: `listen ${CHANNEL}`,
      onNotification: (work) => (work === '' ? void this.refresh().catch(() => undefined) : this.workers.wake(work)),
      onLost: () => this.workers.wakeAll(), // what was said meanwhile was not heard
    });
  }

  /** Resolves when something was written into the table `work` (schema and name) that a trigger tells of, after `milliseconds`, or when `signal` aborts. */
  woken(work: string, milliseconds: number, signal: AbortSignal): Promise<void> {
    return this.workers.woken(work, milliseconds, signal);
  }

  /** Asks the engine. */
  async fresh(log: LogName): Promise<Head> {
    return (await this.refresh())[log];
  }

  /** What is known without asking: never more than what is there. */
  known(log: LogName): Head {
    return this.ends[log];
  }

  /** Whether something of these parts may lie beyond `beyond`, as far as is known without asking. */
  mayHold(log: LogName, parts: Parts, beyond: bigint): boolean {
    const { own, others } = this.contents[log];
    return this.ends[log].at > beyond && (others > beyond || parts.some((part) => (own.get(part) ?? 0n) > beyond));
  }

  /** Wakes those of this process who follow what was stored, and hints to other processes after the commit, at most each 10 ms. */
  stored(log: LogName, { at, count, parts }: Stored): void {
    this.storedSince = true;
    const alone = at - BigInt(count) === this.ends[log].at; // nobody else stored anything since
    if (alone) for (const part of parts) this.contents[log].own.set(part, at);
    this.learn({ ...this.ends, [log]: later(this.ends[log], { ...this.ends[log], at }) }, alone);
    if (this.closed) return;
    this.hint ??= setTimeout(() => {
      this.hint = undefined;
      void this.connection.query(`notify ${CHANNEL}`).catch(() => undefined);
    }, HINT);
    this.hint.unref();
  }

  /** Resolves when something of these parts may lie beyond `beyond`, within a second when anything does, or when `signal` aborts; rejects with `Unavailable` when the engine goes. */
  passed(log: LogName, parts: Parts, beyond: bigint, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.mayHold(log, parts, beyond)) return Promise.resolve();
    if (this.closed) return Promise.reject(new Unavailable('postgres'));
    return new Promise((done, fail) => {
      const settle = (end: () => void) => () => {
        this.waiting.delete(one);
        signal.removeEventListener('abort', one.wake);
        end();
      };
      const one: Waiting = { log, parts, beyond, wake: settle(done), fail: (error) => settle(() => fail(error))() };
      this.waiting.add(one);
      signal.addEventListener('abort', one.wake, { once: true });
      this.schedule();
      this.look();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.poll);
    clearTimeout(this.hint);
    clearTimeout(this.quiet);
    this.workers.wakeAll();
    for (const each of [...this.waiting]) each.fail(new Unavailable('postgres'));
    await this.connection.close();
  }

  private schedule(): void {
    if (this.poll !== undefined || this.waiting.size === 0 || this.closed) return;
    this.poll = setTimeout(() => {
      this.poll = undefined;
      this.refresh()
        .catch((error: unknown) => [...this.waiting].forEach((each) => each.fail(error)))
        .finally(() => this.schedule());
    }, POLL);
  }

  private refresh(): Promise<Ends> {
    this.asking ??= withoutDeadline(() => this.ask().finally(() => (this.asking = undefined)));
    return inTime('postgres', this.asking);
  }

  private async ask(): Promise<Ends> {
    this.storedSince = false;
    const { rows } = await this.connection.query<{ head: string; era: number; bus: string }>(HEADS);
    const { head, era, bus } = rows[0]!;
    const asked: Ends = { es: { at: BigInt(head), era }, bus: { at: BigInt(bus), era } };
    // an answer may be older than what was stored while it was on its way
    this.learn(this.storedSince ? { es: later(asked.es, this.ends.es), bus: later(asked.bus, this.ends.bus) } : asked);
    return this.ends;
  }

  /** `alone`: what is new was stored by this process, which knows its parts. */
  private learn(ends: Ends, alone = false): void {
    for (const log of ['es', 'bus'] as const) if (!alone && ends[log].at > this.ends[log].at) this.contents[log].others = ends[log].at;
    this.ends = ends;
    this.look();
  }

  private look(): void {
    const behind = [...this.waiting].filter((each) => this.ends[each.log].at > each.beyond);
    for (const each of behind) if (this.mayHold(each.log, each.parts, each.beyond)) each.wake();
    if (behind.length === 0 || this.closed) return;
    this.quiet ??= setTimeout(() => {
      this.quiet = undefined;
      for (const each of [...this.waiting]) if (this.ends[each.log].at > each.beyond) each.wake();
    }, QUIET);
  }
}

const later = (one: Head, other: Head): Head => (other.at > one.at ? { ...one, at: other.at } : one);
