import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { Busy } from './busy.js';

export { Busy } from './busy.js';

type Answer = Readonly<{ id: number; answer?: string | boolean; fault?: string }>;
type Waiting = Readonly<{ resolve(answer: string | boolean): void; reject(error: unknown): void; worker: number }>;

const WORKERS = 2;
/** Hashes that may wait or run at once: at 100 a second nobody waits for longer than a third of a second. */
const LIMIT = 32;

const path = new URL(`./hash.worker${new URL(import.meta.url).pathname.slice(-3)}`, import.meta.url);

/** A hash of a password that was thrown away, with the parameters of hash.worker.ts: unknown accounts cost the same work as known ones. */
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$u+b7a5leoq0rhlhjIoU7FQ$KKGcu/5t/dYgIabi/FnMCnwmAsCsLEi30kBFej9dc60';

/** argon2id in worker threads of its own, never in the thread or thread pool that signs tokens. Workers start with the first hash. */
@Injectable()
export class PasswordHashes implements OnModuleDestroy {
  readonly #workers: (Worker | undefined)[] = [];
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  /** Throws `Busy` when the pool is full. */
  async hash(password: string): Promise<string> {
    return (await this.#ask(password)) as string;
  }

  /** Whether the password fits; without a hash the same work is done, and it never fits. Throws `Busy`. */
  async verify(hash: string | undefined, password: string): Promise<boolean> {
    const fits = (await this.#ask(password, hash ?? NOBODY)) as boolean;
    return hash !== undefined && fits;
  }

  /** Ends the workers; what they had to do is `Busy`. A later hash starts them again. */
  async close(): Promise<void> {
    const workers = this.#workers.splice(0);
    for (const { reject } of this.#waiting.values()) reject(new Busy('the hashing workers end'));
    this.#waiting.clear();
    await Promise.all(workers.map(async (worker) => worker?.terminate()));
  }

  onModuleDestroy(): Promise<void> {
    return this.close();
  }

  #ask(password: string, hash?: string): Promise<string | boolean> {
    if (this.#waiting.size >= LIMIT) return Promise.reject(new Busy('the hashing workers are busy'));
    const id = (this.#next += 1);
    return new Promise((resolve, reject) => {
      const worker = id % WORKERS;
      this.#waiting.set(id, { resolve, reject, worker });
      this.#worker(worker).postMessage({ id, password: password.normalize('NFC'), ...(hash === undefined ? {} : { hash }) });
    });
  }

  #worker(index: number): Worker {
    const known = this.#workers[index];
    if (known) return known;
    const worker = new Worker(path);
    worker.on('message', ({ id, answer, fault }: Answer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (fault === undefined) waiting?.resolve(answer!);
      else waiting?.reject(new Error(fault));
    });
    worker.on('error', (error) => this.#lost(index, worker, error));
    worker.on('exit', () => this.#lost(index, worker, new Error('a hashing worker ended')));
    worker.unref(); // after the listeners, which hold the process open by themselves
    this.#workers[index] = worker;
    return worker;
  }

  /** A worker that died takes its questions with it; the next question starts another. */
  #lost(index: number, worker: Worker, error: unknown): void {
    if (this.#workers[index] !== worker) return;
    this.#workers[index] = undefined;
    for (const [id, waiting] of this.#waiting)
      if (waiting.worker === index) {
        this.#waiting.delete(id);
        waiting.reject(error);
      }
  }
}
