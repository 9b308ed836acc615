import type { Passed, Position } from '@symbolon/event-sourcing';

/** Lets a follower come as far as a place and no further, so that it can be brought to where another one stands. */
export class Gate {
  #limit: Position = '';
  #raise: () => void = () => undefined;
  #raised = this.#next();

  /** Opens it up to `limit`; it is never lowered. */
  raise(limit: Position): void {
    if (limit <= this.#limit) return;
    this.#limit = limit;
    this.#raise();
    this.#raised = this.#next();
  }

  /** What lies up to the limit. When the next item lies beyond it, the limit itself is passed: nothing more can come before it. */
  async *upTo<T extends Readonly<{ position: Position }>>(source: AsyncIterable<T | Passed>, signal: AbortSignal): AsyncGenerator<T | Passed> {
    const over = new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
    let told: Position = '';
    for await (const item of source) {
      const at = 'passed' in item ? item.passed : item.position;
      while (at > this.#limit && !signal.aborted) {
        const raised = this.#raised;
        if (this.#limit > told) yield { passed: (told = this.#limit) };
        else await Promise.race([raised, over]);
      }
      if (signal.aborted) return;
      yield item;
      told = at;
    }
  }

  #next(): Promise<void> {
    return new Promise((done) => (this.#raise = done));
  }
}
