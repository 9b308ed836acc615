import type { AllStreamSubscription, EventStoreDBClient, Position as LogPlace } from '@eventstore/db-client';
import { START, STREAM_NAME } from '@eventstore/db-client';
import type { AllStreamResolvedEvent } from '@eventstore/db-client';
import { mapped } from './unavailable.js';
import type { Watcher } from './watch.js';

/** What a subscription brings, in log order: an event, or how far the server has looked without finding one. */
export type Brought = AllStreamResolvedEvent | Readonly<{ checkpoint: LogPlace }>;

/** So many are held for a slow handler before the server is asked to wait. */
const MOST = 256;
const FEW = 64;

export type FeedOptions = Readonly<{ client: EventStoreDBClient; categories: readonly string[]; from: LogPlace | undefined; credentials: Readonly<{ username: string; password: string }> }>;

/** A subscription to the events of some categories, taken one by one. */
export class Feed implements Watcher {
  private readonly items: Brought[] = [];
  private readonly source: AllStreamSubscription;
  private failure: unknown;
  private wake: () => void = () => undefined;
  private isAwake = false;

  constructor({ client, categories, from, credentials }: FeedOptions) {
    this.source = client.subscribeToAll({
      fromPosition: from ?? START,
      credentials,
      filter: {
        filterOn: STREAM_NAME,
        prefixes: categories.map((category) => `${category}-`),
        checkpointInterval: 1,
        // The client calls this ahead of what it has given; put among the events, it comes after those before it.
        checkpointReached: (source, checkpoint) => {
          (source as unknown as { push(item: Brought): void }).push({ checkpoint });
        },
      },
    });
    this.source
      .on('error', (error) => this.failed(mapped(error)))
      .on('data', (item: Brought) => {
        this.items.push(item);
        if (this.items.length >= MOST) this.source.pause();
        this.wake();
      })
      .on('end', () => this.failed(mapped(Object.assign(new Error('the subscription ended'), { code: 14 }))));
  }

  /** The next one that is there, if any. Throws why the subscription ended, once all before was taken. */
  shift(): Brought | undefined {
    const item = this.items.shift();
    if (item === undefined && this.failure !== undefined) throw this.failure;
    if (this.items.length <= FEW && this.source.isPaused()) this.source.resume();
    return item;
  }

  /** Resolves when there may be something to do. A wake-up that came since the last look is not lost. */
  async changed(): Promise<void> {
    if (!this.isAwake && this.items.length === 0 && this.failure === undefined) await new Promise<void>((done) => (this.wake = done));
    this.isAwake = false;
  }

  moved(): void {
    this.isAwake = true;
    this.wake();
  }

  failed(error: unknown): void {
    this.failure ??= error;
    this.wake();
  }

  close(): void {
    this.failed(new Error('closed'));
    void this.source.unsubscribe().catch(() => undefined);
  }
}
