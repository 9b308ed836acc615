import type { Database } from '@symbolon/postgres';
import type { Worker } from '@symbolon/web';

const TABLES = ['interactions', 'codes', 'refresh_tokens', 'access_tokens', 'pushed_requests', 'replays', 'grants', 'sessions', 'sign_in_steps', 'form_answers'] as const;

/** Removes rows a minute after their expiry (the library tolerates some seconds of clock), a thousand at a time. Tombstones stay until the session would have expired. */
export function cleanupWorker(database: Database): Worker {
  return {
    name: 'authentication.cleanup',
    async run(signal) {
      while (!signal.aborted) {
        for (const table of TABLES) {
          await database.query(`delete from authentication.${table} where ctid = any (array(select ctid from authentication.${table} where expires_at < clock_timestamp() - interval '1 minute' limit 1000))`);
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 60_000);
          signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
        });
      }
    },
  };
}
