import { Unavailable } from '@symbolon/event-sourcing';

export const ENGINE = 'eventstoredb';

/** What the server says about the request itself; everything else that comes from it means "not now", and leaves an append's outcome open. */
const ANSWERS = new Set(['wrong-expected-version', 'stream-not-found', 'stream-deleted', 'maximum-append-size-exceeded', 'missing-required-metadata-property', 'invalid-argument']);

/**
 * The server is away, too slow, not ready, or refuses us: `Unavailable`, with the error as its cause. Told by `code` (gRPC) and `type`, never by words:
 * a conflict's message is empty, and an append against a server that is down throws a plain error with code 14.
 */
export function mapped(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Unavailable) return error;
  const { code, type } = error as { code?: unknown; type?: unknown };
  if (typeof type === 'string' ? ANSWERS.has(type) : typeof code !== 'number') return error;
  return new Unavailable(ENGINE, { cause: error });
}

/** Rejects with `Unavailable` when `work` takes longer. The client's own deadlines do not reach reads and subscriptions, nor every silence. */
export async function within<T>(milliseconds: number, work: Promise<T>, giveUp: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      giveUp();
      fail(new Unavailable(ENGINE, { cause: new Error(`no answer within ${milliseconds} ms`) }));
    }, milliseconds);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
