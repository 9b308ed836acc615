import { setTimeout as pause } from 'node:timers/promises';
import { isUnavailable, LogReplaced } from '@symbolon/event-sourcing';
import type { EventStore, Position } from '@symbolon/event-sourcing';
import { CannotStart } from './cannot-start.js';

/** A server that is just starting is waited for so long (milliseconds). */
const PATIENCE = 20_000;

/** The sentence about another log than before, if that is why the event store refuses. */
export function replaced(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at.name === 'LogReplaced') return at.message;
  return undefined;
}

/** Where a subscription to the event store stands. */
export type Place = Readonly<{ subscription: string; position: Position }>;

/** Refuses to start on a log that ends before what was already handled, or that belongs to another engine. Nothing has been written by then. */
export async function checkKnownLog(store: EventStore, places: readonly Place[], where: string): Promise<void> {
  const head = await headOf(store, where);
  if (head === undefined && places.length > 0)
    throw new CannotStart(`The event log ${where} is empty, and this installation has handled events already. Nothing was written to it. To move there, bring the events over first ("symbolon events copy"). If that log was emptied, bring back its backup; or, if what is missing is lost, run "symbolon events restored".`);
  for (const { subscription, position } of places) {
    if (head!.length !== position.length)
      throw new CannotStart(`${subscription} keeps a place in the log of another engine than ${where}. Bring the events over first ("symbolon events copy"), or set SYMBOLON_EVENT_STORE_URL back.`);
    if (head! < position) throw new CannotStart(new LogReplaced(where).message);
  }
}

async function headOf(store: EventStore, where: string): Promise<Position | undefined> {
  for (const until = Date.now() + PATIENCE; ; await pause(250)) {
    try {
      return await store.head();
    } catch (error) {
      const sentence = replaced(error);
      if (sentence) throw new CannotStart(sentence, { cause: error });
      if (!isUnavailable(error)) throw error;
      if (Date.now() > until) throw new CannotStart(`The event store ${where} does not answer, or refuses the user. Start it, or mend SYMBOLON_EVENT_STORE_URL, and start again.`, { cause: error });
    }
  }
}
