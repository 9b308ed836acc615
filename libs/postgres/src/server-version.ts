import pg from 'pg';
import { connectionOf } from './pool.js';
import { mapped } from './unavailable.js';

/** The database is too old; the message is a sentence with the way out. */
export class ServerTooOld extends Error {
  override readonly name = 'ServerTooOld';
}

const OLDEST = 170_000;

/** Refuses a server before 17, which cannot end a transaction that stands still, and so would not even accept our connections. */
export async function checkServerVersion(url: string): Promise<void> {
  const client = new pg.Client({ ...connectionOf({ url, name: 'symbolon version' }), options: undefined });
  client.on('error', () => undefined); // the statement in flight reports it
  try {
    await client.connect();
    const { rows } = await client.query<{ number: string; version: string }>("select current_setting('server_version_num') as number, current_setting('server_version') as version");
    const { number = '0', version = 'unknown' } = rows[0] ?? {};
    if (Number(number) < OLDEST) throw new ServerTooOld(`The database runs PostgreSQL ${version}; Symbolon needs 17 or newer. Upgrade it, or remove DATABASE_URL to use the embedded one.`);
  } catch (error) {
    throw mapped(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
