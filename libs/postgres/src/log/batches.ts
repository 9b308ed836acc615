import { timeLeft, Unavailable, withoutDeadline } from '@symbolon/event-sourcing';

/** What waits is sent together, one batch at a time. */
export type BatchOptions<T, R> = Readonly<{ most: number; mostBytes: number; size(item: T): number; send(items: readonly T[]): Promise<readonly R[]> }>;

type Waiting<T, R> = Readonly<{ item: T; done(answer: R): void; fail(error: unknown): void }>;

/**
 * Coalesces calls that come while one is under way. When a batch fails for a reason of one of its items, each is sent alone, so that
 * one bad item never fails its neighbours; when the engine is away, everybody learns it at once.
 */
export class Batches<T, R> {
  private waiting: Waiting<T, R>[] = [];
  private sending: Promise<void> | undefined;

  constructor(private readonly options: BatchOptions<T, R>) {}

  add(item: T): Promise<R> {
    return new Promise<R>((done, fail) => {
      const settle = <A>(end: (answer: A) => void) => (answer: A) => (clearTimeout(timer), end(answer));
      const one: Waiting<T, R> = { item, done: settle(done), fail: settle(fail) };
      const timer = this.giveUpInTime(one);
      this.waiting.push(one);
      this.sending ??= withoutDeadline(() => this.drain());
    });
  }

  /** What still waits at the caller's deadline is never sent; what was sent has an unknown outcome. */
  private giveUpInTime(one: Waiting<T, R>): NodeJS.Timeout | undefined {
    const left = timeLeft(Infinity);
    if (left === Infinity) return undefined;
    return setTimeout(() => {
      const at = this.waiting.indexOf(one);
      if (at >= 0) this.waiting.splice(at, 1);
      one.fail(new Unavailable('postgres', { because: 'no answer in time' }));
    }, left);
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.sending) await this.sending;
  }

  private async drain(): Promise<void> {
    await Promise.resolve(); // calls of the same turn travel together
    while (this.waiting.length > 0) await this.send(this.take());
    this.sending = undefined; // in the same turn as the last look: nothing can be added unseen
  }

  private take(): Waiting<T, R>[] {
    const { most, mostBytes, size } = this.options;
    let bytes = 0;
    let count = 0;
    for (const { item } of this.waiting) {
      bytes += size(item);
      if (count === most || (count > 0 && bytes > mostBytes)) break;
      count++;
    }
    return this.waiting.splice(0, count);
  }

  private async send(batch: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const answers = await this.options.send(batch.map(({ item }) => item));
      batch.forEach(({ done }, index) => done(answers[index]!));
    } catch (error) {
      if ((error as Error).name === 'Unavailable') {
        for (const { fail } of [...batch, ...this.waiting.splice(0)]) fail(error);
      } else if (batch.length === 1) batch[0]!.fail(error);
      else for (const each of batch) await this.send([each]);
    }
  }
}
