import { errors } from 'oidc-provider';
import type { Model, Rows } from './adapter.js';
import { reuseFact } from './facts.js';
import { alone, holdBack } from './held-writes.js';
import { BESIDE, BESIDE_COLUMNS, COUNTS, keepBeside } from './read-ahead.js';
import type { Beside } from './read-ahead.js';
import { restsOnAuthorization, restsOnEpoch } from './rests-on.js';
import { rowId } from './sealed-row.js';
import { WITHDRAWN } from './withdrawn.js';

type CodeRow = Beside & { payload: Buffer; reused: boolean; account: string };

/** For ten seconds a used code looks unused, so that a twin of the winner fails at `consume` and revokes nothing; afterwards the library sees it as reused. */
const HIDDEN = `interval '10 s'`;

/** Authorization codes: used once, never given back (a code lives a minute). */
export function codes({ database, sealing }: Rows): Model {
  const kind = 'AuthorizationCode';
  return {
    async upsert(id, payload, expiresIn) {
      const row = rowId(kind, id);
      const write = {
        into: 'authentication.codes (id, payload, expires_at, grant_id, account, client_id, session_uid, epoch, revoked)',
        of: `$1, $2, clock_timestamp() + make_interval(secs => $3), $4, $5, $6, $7, $8, coalesce($9, ${WITHDRAWN('$5', '$6')})`,
        values: [row, sealing.seal(kind, row, payload), expiresIn, payload.grantId ?? '', payload.accountId ?? null, payload.clientId ?? '', payload.sessionUid ?? null, restsOnEpoch(payload.accountId), restsOnAuthorization(payload.accountId, payload.clientId) ?? null],
      };
      if (holdBack(write)) return;
      const { text, values } = alone(write);
      await database.query(text, values);
    },
    async find(id) {
      const row = rowId(kind, id);
      const { rows } = await database.query<CodeRow>(
        `select t.payload, coalesce(t.consumed_at < clock_timestamp() - ${HIDDEN}, false) as reused, ${BESIDE_COLUMNS} from authentication.codes t ${BESIDE} where t.id = $1 and ${COUNTS}`,
        [row],
      );
      const found = rows[0];
      if (!found) return undefined;
      keepBeside(found);
      if (found.reused) await reuseFact(database, 'CodeReuseDetected', row, found);
      return { ...sealing.open(kind, row, found.payload), jti: id, ...(found.reused ? { consumed: Math.floor(Date.now() / 1_000) } : {}) };
    },
    async consume(id) {
      const { rowCount } = await database.query('update authentication.codes set consumed_at = clock_timestamp() where id = $1 and consumed_at is null', [rowId(kind, id)]);
      if (rowCount === 0) throw new errors.InvalidGrant('authorization code was already used');
    },
    async destroy(id) {
      await database.query('delete from authentication.codes where id = $1', [rowId(kind, id)]);
    },
    async revokeByGrantId(grantId) {
      await database.query('delete from authentication.codes where grant_id = $1', [grantId]);
    },
  };
}

/** Pushed authorization requests (RFC 9126): one use, by whoever comes first. */
export function pushedRequests({ database, sealing }: Rows): Model {
  const kind = 'PushedAuthorizationRequest';
  return {
    async upsert(id, payload, expiresIn) {
      const row = rowId(kind, id);
      await database.query('insert into authentication.pushed_requests (id, payload, expires_at) values ($1, $2, clock_timestamp() + make_interval(secs => $3))', [row, sealing.seal(kind, row, payload), expiresIn]);
    },
    async find(id) {
      const row = rowId(kind, id);
      const { rows } = await database.query<{ payload: Buffer; consumed: boolean }>('select payload, consumed_at is not null as consumed from authentication.pushed_requests where id = $1', [row]);
      return rows[0] && { ...sealing.open(kind, row, rows[0].payload), jti: id, ...(rows[0].consumed ? { consumed: Math.floor(Date.now() / 1_000) } : {}) };
    },
    async consume(id) {
      const { rowCount } = await database.query('update authentication.pushed_requests set consumed_at = clock_timestamp() where id = $1 and consumed_at is null', [rowId(kind, id)]);
      if (rowCount === 0) throw new errors.InvalidRequestUri('request_uri was already used');
    },
    async destroy(id) {
      await database.query('delete from authentication.pushed_requests where id = $1', [rowId(kind, id)]);
    },
  };
}
