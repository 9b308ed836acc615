import { Unavailable } from '@symbolon/event-sourcing';
import type { Passed, Position } from '@symbolon/event-sourcing';
import type { LogHeads, LogName, Parts } from './heads.js';
import { position, resumed } from './position.js';

/** How many are fetched at once, and how much of the log one statement looks through for them. */
const MOST = 1_000;
const WINDOW = 20_000n;

/** One part of a log, as its table is read: `parts` are its categories or its topic, `fetch` answers what lies after `after` and up to `until`, at most `most`. */
export type Part<T> = Readonly<{ log: LogName; parts: Parts; fetch(after: bigint, until: bigint, most: number): Promise<readonly T[]>; at(row: T): bigint }>;

type Chunk<T> = Readonly<{ rows: readonly T[]; upTo: bigint }>;

/** Rows in log order, each once, for ever, with `Passed` where nothing of this part lies; ends when `signal` aborts. */
export async function* followLog<T, R>(heads: LogHeads, part: Part<T>, given: (row: T, era: number) => R, after: Position | undefined, signal: AbortSignal): AsyncGenerator<R | Passed> {
  const start = await heads.fresh(part.log);
  let at = resumed(after, start);
  let next: Promise<Chunk<T>> | undefined;
  while (!signal.aborted) {
    if (next === undefined) await heads.passed(part.log, part.parts, at, signal);
    const head = heads.known(part.log);
    // a log that went back to an older state under a running follower: its places mean nothing any more
    if (head.era !== start.era || head.at < at) throw new Unavailable('postgres', { cause: new Error('the log was replaced') });
    if (head.at === at) continue;
    const { rows, upTo } = await (next ?? chunk(part, at, head.at));
    next = heads.mayHold(part.log, part.parts, upTo) ? ahead(part, upTo, heads.known(part.log).at) : undefined;
    for (const row of rows) {
      if (signal.aborted) return;
      yield given(row, start.era);
    }
    const last = rows.at(-1);
    if (!signal.aborted && (last === undefined || part.at(last) < upTo)) yield { passed: position(upTo, start.era) };
    at = upTo;
  }
}

async function chunk<T>(part: Part<T>, after: bigint, head: bigint): Promise<Chunk<T>> {
  const until = head - after > WINDOW ? after + WINDOW : head;
  const rows = await part.fetch(after, until, MOST);
  return { rows, upTo: rows.length < MOST ? until : part.at(rows.at(-1)!) };
}

/** The next chunk is fetched while this one is handled; it may fail before anybody waits for it. */
function ahead<T>(part: Part<T>, after: bigint, head: bigint): Promise<Chunk<T>> {
  const next = chunk(part, after, head);
  next.catch(() => undefined);
  return next;
}
