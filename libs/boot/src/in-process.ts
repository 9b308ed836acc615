import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { timeToWait, Unavailable } from '@symbolon/event-sourcing';
import { IN_PROCESS } from '@symbolon/web';
import { isObservable, lastValueFrom } from 'rxjs';

/** Request/reply between services of one process: the handlers of `@MessagePattern(…, IN_PROCESS)`, called directly. */
export class InProcess extends Server implements CustomTransportStrategy {
  override readonly transportId = IN_PROCESS as never;

  listen(callback: () => void): void {
    callback();
  }

  close(): void {
    this.messageHandlers.clear();
  }

  on(): never {
    throw new Error('the in-process transport has no events of its own');
  }

  unwrap<T>(): T {
    return this as unknown as T;
  }

  /** Asks; what goes over is copied as JSON, as it would be between processes. */
  async ask<A>(question: string, payload: object, milliseconds = 2_000): Promise<A> {
    const handler = this.messageHandlers.get(question);
    if (!handler) throw new Unavailable(`an answer to ${question}`);
    const answer = copied(await within(timeToWait(milliseconds), question, answered(handler(copied(payload)))));
    return answer as A;
  }
}

const copied = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

async function answered(from: Promise<unknown>): Promise<unknown> {
  const value = await from;
  return isObservable(value) ? lastValueFrom(value) : value;
}

async function within<T>(milliseconds: number, question: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Unavailable(`an answer to ${question}`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
