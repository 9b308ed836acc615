import { BACKWARDS, END } from '@eventstore/db-client';
import { ERA_STREAM, eraIn, later, NO_STREAM, Unavailable } from '@symbolon/event-sourcing';
import type { Position } from '@symbolon/event-sourcing';
import type { Connection } from './connection.js';
import { all, stream } from './reading.js';
import { placed, recorded } from './records.js';
import type { Given } from './records.js';
import { ENGINE } from './unavailable.js';

/** Who waits for the log to move. */
export type Watcher = Readonly<{ moved(): void; failed(error: unknown): void }>;

/** The end of the log: its last records, oldest first, those of the server itself among them. `whole`: there are none before. */
type End = Readonly<{ records: readonly Readonly<{ position: Position; category: string }>[]; whole: boolean }>;

/** Where the log ends, without the server's own records. */
export type Head = Readonly<{ at: Position | undefined; era: number }>;

const POLL = 200;
/** The server tells a follower each 32 records that were not for it how far it came; what remains has to fit in here. */
const REMEMBERED = 64;
const PAGE = 1_000;
const NOTHING: End = { records: [], whole: true };

/**
 * Looks at the end of the log while somebody follows: one for each process. A quiet subscription says neither that it is alive nor how far it came; this does.
 * It is also where the loss of the log is noticed while nobody writes.
 */
export class Watch {
  private readonly watchers = new Set<Watcher>();
  private end = NOTHING;
  private known: Head = { at: undefined, era: 0 };
  private eraAt: bigint | undefined;
  private asking: Promise<Head> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly connection: Connection) {}

  /** The era that positions are handed out in. */
  get era(): number {
    return this.known.era;
  }

  /** Asks the server. Rejects with `Unavailable` when it does not answer, or answers with another log than before. */
  fresh(): Promise<Head> {
    return (this.asking ??= this.ask().finally(() => (this.asking = undefined)));
  }

  /** The era, from the server when nobody asked before. */
  async opened(): Promise<number> {
    if (this.eraAt === undefined) await this.fresh();
    return this.known.era;
  }

  join(watcher: Watcher): () => void {
    this.watchers.add(watcher);
    this.schedule();
    return () => void this.watchers.delete(watcher);
  }

  /** How far a follower of `categories` that was given everything up to `given` has come: as far as it is certain that nothing more is for it. */
  passed(categories: readonly string[], given: Position): Position | undefined {
    const { at } = this.known;
    const { records, whole } = this.end;
    if (at === undefined || at <= given) return undefined;
    const reachesBack = whole || (records[0] !== undefined && records[0].position <= given);
    return reachesBack && !records.some(({ position, category }) => position > given && categories.includes(category)) ? at : undefined;
  }

  /** Whether an event of ours is known at or after `place`. A checkpoint may lie on the server's own records, which a later start does not count. */
  reaches(place: Position): boolean {
    return this.known.at !== undefined && place <= this.known.at;
  }

  close(): void {
    clearTimeout(this.timer);
    for (const watcher of [...this.watchers]) watcher.failed(new Unavailable(ENGINE, { cause: new Error('closed') }));
    this.watchers.clear();
  }

  private schedule(): void {
    if (this.timer !== undefined || this.watchers.size === 0) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.fresh()
        .catch((error: unknown) => [...this.watchers].forEach((watcher) => watcher.failed(error)))
        .finally(() => this.schedule());
    }, POLL);
  }

  private async ask(): Promise<Head> {
    await this.connection.sound();
    const last = (await this.records(1))[0];
    if (this.eraAt !== undefined && last?.position && placed(last.position, this.known.era) === this.end.records.at(-1)?.position) return this.known;
    const records = (await this.records(REMEMBERED)).reverse();
    await this.readEra(records);
    const { era } = this.known;
    const whole = records.length < REMEMBERED;
    const newest = records.findLast(isOurs) ?? (whole ? undefined : await this.newest());
    const at = newest && placed(newest.position!, era);
    if (this.known.at !== undefined && later(this.known.at, at) !== at) throw this.connection.replaced();
    this.end = { records: records.map(({ streamId, position }) => ({ position: placed(position!, era), category: streamId.slice(0, streamId.indexOf('-')) })), whole };
    this.known = { at, era };
    if (newest) this.connection.learn({ ...newest.position!, id: newest.id });
    for (const watcher of [...this.watchers]) watcher.moved();
    return this.known;
  }

  /** The last records of the log, newest first. */
  private async records(most: number, from: 'end' | NonNullable<Given['position']> = END): Promise<Given[]> {
    const events = await this.connection.call((client) => all(client, { direction: BACKWARDS, fromPosition: from, maxCount: most, ...this.connection.options }));
    return events.flatMap(({ event }) => (event ? [event as Given] : []));
  }

  /** The newest record that is not the server's own, however many of those there are. */
  private async newest(): Promise<Given | undefined> {
    for (let page = await this.records(PAGE); ; page = await this.records(PAGE, page.at(-1)!.position)) {
      const found = page.find(isOurs);
      if (found || page.length < PAGE) return found;
    }
  }

  /** The era is the last event of its stream; it is read at first, and when the end of the log shows another one. */
  private async readEra(records: readonly Given[]): Promise<void> {
    const newest = records.findLast(({ streamId }) => streamId === ERA_STREAM)?.revision;
    if (this.eraAt !== undefined && (newest === undefined || newest === this.eraAt)) return;
    const [last] = await this.connection.call((client) => stream(client, ERA_STREAM, { direction: BACKWARDS, fromRevision: END, maxCount: 1, ...this.connection.options }));
    const era = last?.event ? eraIn(recorded(last.event as Given, 0).data) : 0;
    this.eraAt = last?.event?.revision ?? NO_STREAM;
    if (era !== this.known.era) this.known = { at: undefined, era };
  }
}

const isOurs = ({ streamId }: Given): boolean => !streamId.startsWith('$');
