/** Who waits for work, by what it is called. A wake that nobody waits for is kept for the next who does. */
export class Wakes {
  private readonly waiting = new Map<string, Set<() => void>>();
  private readonly unheard = new Set<string>();

  /** Resolves at the next wake of `work`, after `milliseconds`, or when `signal` aborts. */
  woken(work: string, milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.unheard.delete(work)) return Promise.resolve();
    return new Promise((resolve) => {
      const all = this.waiting.get(work) ?? new Set();
      this.waiting.set(work, all);
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        all.delete(end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      signal.addEventListener('abort', end);
      all.add(end);
    });
  }

  /** A worker that is at work just now looks once more when it is done: it may have looked before this was written. */
  wake(work: string): void {
    const all = [...(this.waiting.get(work) ?? [])];
    if (all.length === 0) this.unheard.add(work);
    for (const end of all) end();
  }

  wakeAll(): void {
    for (const work of this.waiting.keys()) this.wake(work);
  }
}
