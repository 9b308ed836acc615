import { NO_STREAM, Unavailable, uuidv5 } from '@symbolon/event-sourcing';
import type { EventStore, NewEvent, StreamName } from '@symbolon/event-sourcing';
import type { Tx } from '@symbolon/postgres';
import type { Ports, Worker } from '@symbolon/web';
import type { AuthenticationEvent } from '../events.gen.js';
import { sessionHashSql } from './session-hash.js';

type FactRow = { seq: string; id: string; stream: StreamName; type: string; data: object; subject: string | null; at: Date };

/** A code or refresh token came a second time: one fact, however often it comes. */
export async function reuseFact(tx: Tx, type: 'CodeReuseDetected' | 'RefreshReuseDetected', row: Buffer, { account, client_id, grant_id }: { account: string; client_id: string; grant_id: string }): Promise<void> {
  await tx.query(`insert into authentication.facts (id, stream, type, data, subject) values ($1, 'account-' || $2::text, $3, $4, $2) on conflict (id) do nothing`, [
    uuidv5('symbolon:reuse', row.toString('hex')),
    account,
    type,
    JSON.stringify({ clientId: client_id, grantId: grant_id }),
  ]);
}

/** Ends sessions (a tombstone each) and writes the fact in the same statement. Browsers that never signed in leave no fact. `where` sees `$2` and, where `more` is given, `$3`. */
export async function sessionEndedFact(tx: Tx, { where, value, more, reason }: Readonly<{ where: string; value: unknown; more?: unknown; reason: string }>): Promise<void> {
  await tx.query(
    `with ended as (
       update authentication.sessions set ended_at = clock_timestamp(), authorizations = '{}' where ended_at is null and (${where}) returning uid, account
     )
     insert into authentication.facts (id, stream, type, data, subject)
     select gen_random_uuid(), 'account-' || account, 'SessionEnded', jsonb_build_object('sessionUid', uid, 'reason', $1::text, 'session', ${sessionHashSql('uid')}), account from ended where account is not null`,
    more === undefined ? [reason, value] : [reason, value, more],
  );
}

async function place(store: EventStore, event: NewEvent, stream: StreamName): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const { events, revision } = await store.read(stream);
    if (events.some(({ id }) => id === event.id)) return;
    const appended = await store.append({ stream, expected: events.length === 0 ? NO_STREAM : revision, events: [event] });
    if (!('conflict' in appended)) return;
  }
  throw new Unavailable('a busy stream');
}

/** How often an idle worker looks though nobody woke it. Milliseconds. */
const IDLE = 5_000;

/** Appends facts to their streams, oldest first, each once: an id that is there already is only removed from the queue. */
export function factsWorker({ database, store, codec, woken }: Pick<Ports<AuthenticationEvent>, 'database' | 'store' | 'codec' | 'woken'>): Worker {
  const oldest = () => database.query<FactRow>('select seq, id, stream, type, data, subject, at from authentication.facts order by seq limit 100');
  const carry = async ({ seq, id, stream, type, data, subject, at }: FactRow): Promise<void> => {
    const metadata = { at: at.toISOString(), actor: subject ?? 'system:facts', correlation: id, causation: id, ...(subject === null ? {} : { subject }) };
    const event = await codec.encode(id, { type, data } as AuthenticationEvent, metadata).catch((error: Error) => {
      if (error.name === 'SubjectForgotten') return undefined;
      throw error;
    });
    if (event) await place(store, event, stream);
    await database.query('delete from authentication.facts where seq = $1', [seq]);
  };
  return {
    name: 'authentication.facts',
    async run(signal) {
      while (!signal.aborted) {
        const { rows } = await oldest();
        for (const row of rows) {
          if (signal.aborted) return;
          await carry(row);
        }
        if (rows.length === 0) await woken('authentication.facts', IDLE, signal);
      }
    },
  };
}
