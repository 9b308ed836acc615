import { randomUUID } from 'node:crypto';
import type { Database } from '@symbolon/postgres';
import { errors, Provider } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';

/** A refresh token that this request is using, and its successor, which exists only if the answer is 200. */
type Open = { row: Buffer; claim: string; next?: (as: { text: string; values: unknown[] }) => { text: string; values: unknown[] } };

const open = new WeakMap<object, Open>();
const context = (): object | undefined => Provider.ctx as unknown as object | undefined;

/** Claims a refresh token for ten seconds; of all that try at once, one gets it. A claim of a killed process lapses. */
export async function claim(database: Database, row: Buffer): Promise<void> {
  const claimed = randomUUID();
  const { rowCount } = await database.query(
    `update authentication.refresh_tokens set claim = $2, claimed_until = clock_timestamp() + interval '10 s'
     where id = $1 and consumed_at is null and (claimed_until is null or claimed_until < clock_timestamp())`,
    [row, claimed],
  );
  if (rowCount === 0) throw new errors.InvalidGrant('refresh token is being used');
  const ctx = context();
  if (ctx) open.set(ctx, { row, claim: claimed });
}

/** Keeps the insert of the successor back until the answer is known. False: no token is being used in this request. */
export function holdBack(insert: Open['next']): boolean {
  const ctx = context();
  const used = ctx && open.get(ctx);
  if (!used || used.next) return false;
  used.next = insert;
  return true;
}

async function settle(database: Database, ctx: KoaContextWithOIDC, { row, claim: claimed, next }: Open): Promise<void> {
  if (ctx.status !== 200 || !next) {
    await database.query('update authentication.refresh_tokens set claim = null, claimed_until = null where id = $1 and claim = $2', [row, claimed]);
    return;
  }
  const consume = { text: 'update authentication.refresh_tokens set consumed_at = clock_timestamp(), claim = null where id = $1 and claim = $2 and consumed_at is null returning 1', values: [row, claimed] };
  const { text, values } = next(consume);
  const { rowCount } = await database.query(text, values);
  if (rowCount === 0) {
    ctx.status = 400;
    ctx.body = { error: 'invalid_grant', error_description: 'grant request is invalid' };
  }
}

/** Around every request to the provider: completes or releases the claim when the answer is known (SQL.md, ADR 5). */
export const completeClaims = (database: Database) => async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
  await next();
  const used = open.get(ctx);
  if (!used) return;
  try {
    await settle(database, ctx, used);
  } catch {
    // The claim lapses by itself; an answer that may not have been stored is not given.
    ctx.status = 503;
    ctx.set('retry-after', '10');
    ctx.body = { error: 'temporarily_unavailable', error_description: 'try the same refresh token again in ten seconds' };
  }
};
