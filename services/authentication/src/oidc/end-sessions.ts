import type { Tx } from '@symbolon/postgres';
import { sessionEndedFact } from './facts.js';
import type { SessionEnd } from './identity-provider.js';

/** Tables of what applications hold. */
export const TOKENS = ['codes', 'refresh_tokens', 'access_tokens'] as const;

/** One after the other for an account: each of these transactions touches many of its rows, and two at once would wait for each other. */
export const oneAtATime = (tx: Tx, accountId: string) => tx.query(`select pg_advisory_xact_lock(hashtextextended('authentication.sessions ' || $1, 0))`, [accountId]);

/** `condition` on a session, of `$3`. */
export type Ending = Readonly<{ accountId: string; reason: SessionEnd; condition: string; value: string | null }>;

/** Ends sessions of an account. What was granted in them, and every token of it, goes in the same transaction. */
export async function endSessions(tx: Tx, { accountId, reason, condition, value }: Ending): Promise<void> {
  await oneAtATime(tx, accountId);
  const { rows } = await tx.query<{ grants: string[] }>(
    `select array(select value ->> 'grantId' from jsonb_each(authorizations) where value ? 'grantId') as grants from authentication.sessions where account = $1 and ended_at is null and (${condition.replace('$3', '$2')}) for update`,
    [accountId, value],
  );
  const grants = rows.flatMap((row) => row.grants);
  await sessionEndedFact(tx, { where: `account = $2 and ${condition}`, value: accountId, more: value, reason });
  for (const table of TOKENS) await tx.query(`delete from authentication.${table} where grant_id = any ($1)`, [grants]);
  await tx.query('delete from authentication.grants where id = any ($1)', [grants]);
}
