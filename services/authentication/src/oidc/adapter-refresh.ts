import type { Model, Rows } from './adapter.js';
import { reuseFact } from './facts.js';
import { alone, holdBack } from './held-writes.js';
import { BESIDE, BESIDE_COLUMNS, COUNTS, keepBeside } from './read-ahead.js';
import type { Beside } from './read-ahead.js';
import { restsOnAuthorization, restsOnEpoch } from './rests-on.js';
import { rowId } from './sealed-row.js';
import { WITHDRAWN } from './withdrawn.js';
import { claim } from './single-use.js';

type RefreshRow = Beside & { payload: Buffer; reused: boolean; account: string };

/** Refresh tokens: rotated at every use. The successor is written together with the consumption, and only when the answer is 200 (single-use.ts). */
export function refreshTokens({ database, sealing }: Rows): Model {
  const kind = 'RefreshToken';
  return {
    async upsert(id, payload, expiresIn) {
      const row = rowId(kind, id);
      const write = {
        into: 'authentication.refresh_tokens (id, payload, expires_at, grant_id, account, client_id, session_uid, epoch, revoked)',
        of: `$1, $2, clock_timestamp() + make_interval(secs => $3), $4, $5, $6, $7, $8, coalesce($9, ${WITHDRAWN('$5', '$6')})`,
        values: [row, sealing.seal(kind, row, payload), expiresIn, payload.grantId ?? '', payload.accountId ?? null, payload.clientId ?? '', payload.sessionUid ?? null, restsOnEpoch(payload.accountId), restsOnAuthorization(payload.accountId, payload.clientId) ?? null],
      };
      if (holdBack(write)) return;
      const { text, values } = alone(write);
      await database.query(text, values);
    },
    async find(id) {
      const row = rowId(kind, id);
      const { rows } = await database.query<RefreshRow>(
        `select t.payload, coalesce(t.consumed_at < clock_timestamp() - interval '10 s', false) as reused, ${BESIDE_COLUMNS} from authentication.refresh_tokens t ${BESIDE} where t.id = $1 and ${COUNTS}`,
        [row],
      );
      const found = rows[0];
      if (!found) return undefined;
      keepBeside(found);
      if (found.reused) await reuseFact(database, 'RefreshReuseDetected', row, found);
      return { ...sealing.open(kind, row, found.payload), jti: id, ...(found.reused ? { consumed: Math.floor(Date.now() / 1_000) } : {}) };
    },
    consume: (id) => claim(database, rowId(kind, id)),
    async destroy(id) {
      await database.query('delete from authentication.refresh_tokens where id = $1', [rowId(kind, id)]);
    },
    async revokeByGrantId(grantId) {
      await database.query('delete from authentication.refresh_tokens where grant_id = $1', [grantId]);
    },
  };
}
