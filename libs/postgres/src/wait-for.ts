import { timeToWait } from '@symbolon/event-sourcing';
import type { Position } from '@symbolon/event-sourcing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './database.js';

/** What is waited for: all that a subscription handles up to `position`; or, with `key`, up to the event of that key which was published from `position`. */
export type WaitOptions = Readonly<{ database: Database; schema: string; subscription: string; position: Position; key?: string; milliseconds?: number }>;

/**
 * Resolves true when the subscription is there; false after `milliseconds` (default 2,000), and at once when the key has anything parked: where that lies in
 * a topic says nothing of `position`, which is where the event was published from, and nothing of that key is in force until it is mended.
 */
export async function waitFor(options: WaitOptions): Promise<boolean> {
  const { database, schema, subscription, position, key, milliseconds = 2_000 } = options;
  const whole = `select exists (select from ${schema}.followers where subscription = $1 and position >= $2) as there, false as parked`;
  const keyed = `select exists (select from ${schema}.seen where subscription = $1 and position >= $2 and key = $3) as there, exists (select from ${schema}.parked where subscription = $1 and key = $3) as parked`;
  for (const until = Date.now() + timeToWait(milliseconds); ; await sleep(15)) {
    const { rows } = await database.query<{ there: boolean; parked: boolean }>(key === undefined ? whole : keyed, key === undefined ? [subscription, position] : [subscription, position, key]);
    if (rows[0]?.parked) return false;
    if (rows[0]?.there) return true;
    if (Date.now() >= until) return false;
  }
}
