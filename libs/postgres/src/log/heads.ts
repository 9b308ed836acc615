import { Unavailable } from '@symbolon/event-sourcing';
import { Connection } from '../connection.js';
import type { PoolOptions } from '../pool.js';
import type { Head } from './position.js';

export type LogName = 'es' | 'bus';
type Ends = Record<LogName, Head>;
type Waiting = Readonly<{ log: LogName; beyond: bigint; wake(): void; fail(error: unknown): void }>;

const CHANNEL = 'symbolon_log';
const POLL = 80;
const HINT = 10;
const HEADS = { name: 'heads', text: 'select h.head, h.era, bus.head() as bus from es.head() h' };

/**
 * Where the logs end: one for each process, on a connection of its own. Every follower of the process waits here. It asks each 80 ms while
 * somebody waits; notifications of other processes and appends of this one make it quicker, never right.
 */
export class LogHeads {
  private readonly connection: Connection;
  private readonly waiting = new Set<Waiting>();
  private ends: Ends = { es: { at: 0n, era: 0 }, bus: { at: 0n, era: 0 } };
  private poll: NodeJS.Timeout | undefined;
  private hint: NodeJS.Timeout | undefined;
  private asking: Promise<Ends> | undefined;
  private storedSince = false;
  private closed = false;

  constructor(options: PoolOptions) {
    this.connection = new Connection({ name: 'symbolon heads', ...options, onOpen: `listen ${CHANNEL}`, onNotification: () => void this.refresh().catch(() => undefined) });
  }

  /** Asks the engine. */
  async fresh(log: LogName): Promise<Head> {
    return (await this.refresh())[log];
  }

  /** What is known without asking: never more than what is there. */
  known(log: LogName): Head {
    return this.ends[log];
  }

  /** This process has stored something that ends at `at`: wakes its followers, and hints to other processes after the commit, at most each 10 ms. */
  stored(log: LogName, at: bigint): void {
    this.storedSince = true;
    this.learn({ ...this.ends, [log]: later(this.ends[log], { ...this.ends[log], at }) });
    if (this.closed) return;
    this.hint ??= setTimeout(() => {
      this.hint = undefined;
      void this.connection.query(`notify ${CHANNEL}`).catch(() => undefined);
    }, HINT);
    this.hint.unref();
  }

  /** Resolves when the log ends beyond `beyond`, or `signal` aborts; rejects with `Unavailable` when the engine goes. */
  passed(log: LogName, beyond: bigint, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.ends[log].at > beyond) return Promise.resolve();
    if (this.closed) return Promise.reject(new Unavailable('postgres'));
    return new Promise((done, fail) => {
      const settle = (end: () => void) => () => {
        this.waiting.delete(one);
        signal.removeEventListener('abort', one.wake);
        end();
      };
      const one: Waiting = { log, beyond, wake: settle(done), fail: (error) => settle(() => fail(error))() };
      this.waiting.add(one);
      signal.addEventListener('abort', one.wake, { once: true });
      this.schedule();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.poll);
    clearTimeout(this.hint);
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
    return (this.asking ??= this.ask().finally(() => (this.asking = undefined)));
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

  private learn(ends: Ends): void {
    this.ends = ends;
    for (const each of [...this.waiting]) if (ends[each.log].at > each.beyond) each.wake();
  }
}

const later = (one: Head, other: Head): Head => (other.at > one.at ? { ...one, at: other.at } : one);
