import type { Database } from '@symbolon/postgres';
import type { Figure } from '@symbolon/web';
import type { GivenUp } from './undeliverable.js';

/** A mail that will not arrive; to whom is not told. `answer`: what the mail server said, its numbers only. Times are ISO. */
export type GivenUpMail = Readonly<{ id: string; reason: GivenUp; answer: string | null; attempts: number; queuedAt: string; givenUpAt: string }>;

type Row = Readonly<{ id: string; given_up: GivenUp; answer: string | null; attempts: number; queued_at: Date; done_at: Date }>;

/** Mails of the last seven days that were given up, the newest first. */
export async function mailsGivenUp(database: Database, limit = 1_000): Promise<readonly GivenUpMail[]> {
  const { rows } = await database.query<Row>('select id, given_up, answer, attempts, queued_at, done_at from authentication.mails where given_up is not null order by done_at desc, seq desc limit $1', [limit]);
  return rows.map(({ id, given_up: reason, answer, attempts, queued_at, done_at }) => ({ id, reason, answer, attempts, queuedAt: new Date(queued_at).toISOString(), givenUpAt: new Date(done_at).toISOString() }));
}

/** What `/metrics` says of mail. */
export const mailFigures = (database: Database): readonly Figure[] => [
  {
    name: 'symbolon_mails_given_up',
    help: 'Mails of the last seven days that will not arrive, by reason',
    labels: ['reason'],
    read: async () => (await database.query<{ reason: string; value: number }>('select given_up as reason, count(*)::int as value from authentication.mails where given_up is not null group by given_up')).rows.map(({ reason, value }) => ({ labels: { reason }, value })),
  },
  {
    name: 'symbolon_mails_waiting',
    help: 'Mails that are on their way',
    labels: [],
    read: async () => (await database.query<{ value: number }>('select count(*)::int as value from authentication.mails where done_at is null')).rows.map(({ value }) => ({ labels: {}, value })),
  },
];
