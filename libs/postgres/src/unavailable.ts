import { Unavailable } from '@symbolon/event-sourcing';
import { causeOf } from './causes.js';

/** SQLSTATEs that say "not now": connection failures, too many connections, shutting down, disk full, out of time, read-only, not let in any more, two transactions that waited for each other. */
const NOT_NOW = /^(08...|53...|57P0[1-5]|57014|58...|25P0[34]|25006|28P01|28000|3D000|40001|40P01)$/;
/** Those that say "not this, whatever it holds": tables, rights, schemas, sessions and faults of the engine; and those that say "not this value". */
const REFUSED = /^(25...|28...|3D...|3F...|42...|F0...|XX...)$/;
const VALUE = /^(21...|22...|23...|54...)$/;
const SOCKET = /^(ECONN|EPIPE|ETIMEDOUT|ENOENT|EHOST|ENET|EAI_|ENOTFOUND|EACCES)/;
const WORDS = /Connection terminated|connection error|timeout exceeded when trying to connect|timeout expired|Query read timeout|not queryable|Cannot use a pool after/i;

/** The server is away or too slow: `Unavailable`; anything else comes back as it is, with its SQLSTATE in `code`, and `fault` where that tells whose it is. */
export function mapped(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Unavailable) return error;
  const code = String((error as { code?: unknown }).code ?? '');
  const away = NOT_NOW.test(code) || SOCKET.test(code) || (code === '' && WORDS.test(error.message));
  if (away) return new Unavailable('postgres', { cause: error, because: causeOf(error).now });
  const fault = REFUSED.test(code) ? 'engine' : VALUE.test(code) ? 'value' : undefined;
  return fault === undefined ? error : Object.assign(error, { fault });
}

/** Rejects with `Unavailable` when `work` takes longer; `giveUp` frees what hangs. A driver's own time limits do not see every silence. */
export async function within<T>(milliseconds: number, work: Promise<T>, giveUp: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      giveUp();
      fail(new Unavailable('postgres', { cause: new Error(`no answer within ${Math.round(milliseconds)} ms`), because: 'no answer in time' }));
    }, milliseconds);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
