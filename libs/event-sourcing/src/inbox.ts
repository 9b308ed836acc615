/** Reads ahead from a source, bounded, so that a loop can take what there is, wait for a while, or be woken. */
export class Inbox<T> {
  readonly #items: T[] = [];
  readonly #limit: number;
  #closed = false;
  #ended: { error?: unknown } | undefined;
  #arrived: () => void = () => {};
  #taken: () => void = () => {};

  constructor(source: AsyncIterable<T>, limit: number) {
    this.#limit = limit;
    this.#read(source).then(
      () => this.#end({}),
      (error: unknown) => this.#end({ error }),
    );
  }

  /** The source ended and everything was taken. */
  get ended(): boolean {
    return this.#ended !== undefined && this.#items.length === 0;
  }

  get empty(): boolean {
    return this.#items.length === 0;
  }

  /** What there is, after at most `milliseconds`; empty when nothing came or the source ended. Throws what the source threw, once all before was taken. */
  async take(milliseconds: number): Promise<T[]> {
    if (this.empty && !this.#ended) await this.#wait(milliseconds);
    if (this.empty && this.#ended && 'error' in this.#ended) throw this.#ended.error;
    const taken = this.#items.splice(0);
    this.#taken();
    return taken;
  }

  wake(): void {
    this.#arrived();
  }

  /** Stops reading, so that the source can let go of what it holds. */
  close(): void {
    this.#closed = true;
    this.#arrived();
    this.#taken();
  }

  async #read(source: AsyncIterable<T>): Promise<void> {
    for await (const item of source) {
      this.#items.push(item);
      this.#arrived();
      while (!this.#closed && this.#items.length >= this.#limit) await new Promise<void>((resolve) => (this.#taken = resolve));
      if (this.#closed) break;
    }
  }

  #end(ended: { error?: unknown }): void {
    this.#ended = ended;
    this.#arrived();
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, milliseconds));
      this.#arrived = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
