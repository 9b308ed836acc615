import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { postgresEventStore, LogHeads } from '../../libs/postgres/dist/index.js';
import { profiles } from '../../services/profiles/dist/index.js';
import { openDatabase } from './database.mjs';

const event = () => ({ id: randomUUID(), type: 'symbolon.profiles.v1.AttributeSet', metadata: randomBytes(200), data: randomBytes(400) });

/** Writers that each wait for the answer of one append before the next; appends a second. */
export async function appending(writers, milliseconds, append) {
  const end = performance.now() + milliseconds;
  let done = 0;
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (; performance.now() < end; done += 1) await append();
    }),
  );
  return done / (milliseconds / 1_000);
}

/** One event an append, each to a stream of its own, against one row an insert with as many connections as writers. */
export const appendFigure = (writers, goal) => ({
  what: `append, one event, ${writers} writers`,
  against: 'plain insert of one row a commit',
  goal,
  unit: '/s',
  rounds: 7,
  warmUp: 1,
  async prepare() {
    const database = await openDatabase([profiles]);
    const url = database.roleUrl('profiles');
    const heads = new LogHeads({ url });
    const store = postgresEventStore({ url, heads });
    const pool = new pg.Pool({ connectionString: database.url, max: writers });
    pool.on('error', () => undefined); // connections that the server ends while it stops
    await pool.query('create table peer_rows (id bigint generated always as identity primary key, stream text not null, revision bigint not null, event uuid not null, type text not null, metadata bytea not null, data bytea not null, unique (stream, revision))');
    const insert = { name: 'insert', text: 'insert into peer_rows (stream, revision, event, type, metadata, data) values ($1, 0, $2, $3, $4, $5)' };
    return {
      sides: {
        product: () =>
          appending(writers, 3_000, async () => {
            const appended = await store.append({ stream: `profile-${randomUUID()}`, expected: -1n, events: [event()] });
            if (!('position' in appended)) throw new Error('an append to a new stream conflicted');
          }),
        peer: () =>
          appending(writers, 3_000, () => {
            const { id, type, metadata, data } = event();
            return pool.query({ ...insert, values: [`profile-${randomUUID()}`, id, type, metadata, data] });
          }),
      },
      async close() {
        await store.close();
        await heads.close();
        await pool.end();
        await database.close();
      },
    };
  },
});
