import type { Database } from '@symbolon/postgres';
import type { Worker } from '@symbolon/web';

const PAUSE = 60_000;

/**
 * What nobody needs any longer. A count in a row outlives its window: who tries a little every day is counted on, and only a month without any
 * attempt ends it. A mailed code stays as long as its tries count.
 */
const OVER = [
  `delete from authentication.attempts where key = any (array(select key from authentication.attempts
   where window_ends < clock_timestamp() - case when stop > 0 then interval '30 days' else interval '0' end limit 1000 for update skip locked))`,
  `delete from authentication.mailed_codes where binding = any (array(select binding from authentication.mailed_codes
   where greatest(issued_at, first_issued_at) < clock_timestamp() - interval '40 minutes' limit 1000 for update skip locked))`,
] as const;

/** Removes counters and codes that are over, a thousand at a time. */
export const countersWorker = (database: Database): Worker => ({
  name: 'authentication.counters',
  async run(signal) {
    while (!signal.aborted) {
      for (const statement of OVER) await database.query(statement);
      await new Promise<void>((resolve) => {
        const done = () => { clearTimeout(timer); signal.removeEventListener('abort', done); resolve(); };
        const timer = setTimeout(done, PAUSE);
        signal.addEventListener('abort', done);
      });
    }
  },
});
