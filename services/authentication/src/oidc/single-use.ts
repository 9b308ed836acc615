import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { timeToWait, Unavailable, withoutDeadline } from '@symbolon/event-sourcing';
import type { Database } from '@symbolon/postgres';
import { errors, Provider } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { takeHeld, together } from './held-writes.js';
import type { Statement, Write } from './held-writes.js';

/** A refresh token that this request is using. */
type Open = Readonly<{ row: Buffer; claim: string }>;

const open = new WeakMap<object, Open>();
const context = (): object | undefined => Provider.ctx as unknown as object | undefined;

/** What is known of a token that another request claimed. */
type Claimed = Readonly<{ spent: boolean; seconds: number }>;

const CLAIM = `
  update authentication.refresh_tokens set claim = $2, claimed_until = clock_timestamp() + interval '10 s'
  where id = $1 and consumed_at is null and (claimed_until is null or claimed_until < clock_timestamp())`;
const CLAIMED = `
  select consumed_at is not null as spent, greatest(1, ceil(extract(epoch from claimed_until - clock_timestamp())))::int as seconds from authentication.refresh_tokens where id = $1`;

/** How long a request waits for another one's use of the same token to be decided. Milliseconds. */
const PATIENCE = 2_000;
const LOOK = 40;

/**
 * Claims a refresh token for ten seconds; of all that try at once, one gets it. A claim of a killed process lapses. Until it is decided, nobody says that
 * the token is spent, for then client libraries sign their person out: `Unavailable`, with the seconds to wait. Spent: `invalid_grant`.
 */
export async function claim(database: Database, row: Buffer): Promise<void> {
  const claimed = randomUUID();
  let seconds = 1;
  for (const until = Date.now() + timeToWait(PATIENCE); Date.now() < until; await pause(LOOK)) {
    const { rowCount } = await database.query(CLAIM, [row, claimed]);
    if (rowCount > 0) {
      const ctx = context();
      if (ctx) open.set(ctx, { row, claim: claimed });
      return;
    }
    const found = (await database.query<Claimed>(CLAIMED, [row])).rows[0];
    if (!found || found.spent) throw new errors.InvalidGrant('refresh token is used');
    seconds = found.seconds;
  }
  throw Object.assign(new Unavailable('the use of a refresh token that is not decided'), { retryAfter: seconds });
}

/** What the rows of an answer depend on: the use of the refresh token, where there is one. */
const condition = (used: Open | undefined): Statement =>
  used
    ? { text: 'update authentication.refresh_tokens set consumed_at = clock_timestamp(), claim = null where id = $1 and claim = $2 and consumed_at is null returning 1', values: [used.row, used.claim] }
    : { text: 'select', values: [] };

async function settle(database: Database, ctx: KoaContextWithOIDC, used: Open | undefined, writes: readonly Write[]): Promise<void> {
  if (ctx.status >= 400 || writes.length === 0) {
    if (used) await withoutDeadline(() => database.query('update authentication.refresh_tokens set claim = null, claimed_until = null where id = $1 and claim = $2', [used.row, used.claim]));
    return;
  }
  const { text, values } = together(condition(used), writes);
  const { rowCount } = await database.query(text, values);
  if (rowCount > 0) return;
  ctx.status = 400;
  ctx.body = { error: 'invalid_grant', error_description: 'grant request is invalid' };
}

/**
 * Around every request to the provider: what the answer gives away is written when the answer is known, together with the use of the refresh token
 * that it was given for; else that token's claim is released (SQL.md, ADR 5).
 */
export const completeAnswers = (database: Database) => async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
  await next();
  const [used, writes] = [open.get(ctx), takeHeld(ctx)];
  if (!used && writes.length === 0) return;
  try {
    await settle(database, ctx, used, writes);
  } catch {
    // A claim lapses by itself; an answer that may not have been stored is not given.
    ctx.status = 503;
    ctx.set('retry-after', '10');
    ctx.body = { error: 'temporarily_unavailable', error_description: 'try again in ten seconds, with the same refresh token or a new code' };
  }
};
