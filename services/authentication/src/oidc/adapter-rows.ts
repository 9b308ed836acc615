import { errors, Provider } from 'oidc-provider';
import type { Model, Rows } from './adapter.js';
import { alone, holdBack } from './held-writes.js';
import { COUNTS, grantAhead } from './read-ahead.js';
import { restOnAuthorization, restsOnAuthorization, restsOnEpoch } from './rests-on.js';
import { rowId } from './sealed-row.js';
import { WITHDRAWN } from './withdrawn.js';

/** The library's tolerance for clocks: rows outlive their expiry by this, it checks the expiry itself. */
const EXPIRY = `clock_timestamp() + make_interval(secs => $3)`;

/** A grant that rests on what the person allows now. */
const GRANT = `select payload, account, client_id, revoked from authentication.grants g where id = $1 and revoked = ${WITHDRAWN('g.account', 'g.client_id')}`;

/** What one client got in one session. Technical: what a person allowed for good is `authorizations_v1`. */
export function grants({ database, sealing }: Rows): Model {
  const kind = 'Grant';
  return {
    async upsert(id, payload, expiresIn) {
      const sealed = sealing.seal(kind, rowId(kind, id), payload);
      const write = {
        into: 'authentication.grants (id, payload, expires_at, account, client_id, revoked)',
        of: `$1, $2, ${EXPIRY}, $4, $5, coalesce($6, ${WITHDRAWN('$4', '$5')})`,
        values: [id, sealed, expiresIn, payload.accountId ?? '', payload.clientId ?? '', restsOnAuthorization(payload.accountId, payload.clientId) ?? null],
        conflict: 'on conflict (id) do update set payload = excluded.payload, expires_at = excluded.expires_at, revoked = excluded.revoked',
      };
      if (holdBack(write)) return;
      const { text, values } = alone(write);
      await database.query(text, values);
    },
    async find(id) {
      const known = grantAhead(id);
      if (known) return known.row && { ...sealing.open(kind, rowId(kind, id), known.row.payload), jti: id };
      const row = (await database.query<{ payload: Buffer; account: string; client_id: string; revoked: string }>(GRANT, [id])).rows[0];
      if (!row) return undefined;
      restOnAuthorization(row.account, row.client_id, row.revoked);
      return { ...sealing.open(kind, rowId(kind, id), row.payload), jti: id };
    },
    async destroy(id) {
      await database.query('delete from authentication.grants where id = $1', [id]);
    },
  };
}

/** Opaque access tokens, for userinfo; the services' APIs take JWTs, which are not stored. */
export function accessTokens({ database, sealing }: Rows): Model {
  const kind = 'AccessToken';
  return {
    async upsert(id, payload, expiresIn) {
      const row = rowId(kind, id);
      const write = {
        into: 'authentication.access_tokens (id, payload, expires_at, grant_id, account, client_id, epoch, revoked)',
        of: `$1, $2, ${EXPIRY}, $4, $5, $6, $7, coalesce($8, ${WITHDRAWN('$5', '$6')})`,
        values: [row, sealing.seal(kind, row, payload), expiresIn, payload.grantId ?? null, payload.accountId ?? null, payload.clientId ?? '', restsOnEpoch(payload.accountId), restsOnAuthorization(payload.accountId, payload.clientId) ?? null],
      };
      if (holdBack(write)) return;
      const { text, values } = alone(write);
      await database.query(text, values);
    },
    async find(id) {
      const row = rowId(kind, id);
      const { rows } = await database.query<{ payload: Buffer }>(`select t.payload from authentication.access_tokens t join authentication.accounts_v1 a on a.account = t.account where t.id = $1 and ${COUNTS}`, [row]);
      return rows[0] && { ...sealing.open(kind, row, rows[0].payload), jti: id };
    },
    async destroy(id) {
      await database.query('delete from authentication.access_tokens where id = $1', [rowId(kind, id)]);
    },
    async revokeByGrantId(grantId) {
      await database.query('delete from authentication.access_tokens where grant_id = $1', [grantId]);
    },
  };
}

/** Of two that come at the same moment: which kind it was is told by what the request holds. */
const usedBefore = (): Error => {
  const proof = Provider.ctx?.get('dpop') !== '' && Provider.ctx?.oidc?.params?.['client_assertion'] === undefined;
  return proof ? new errors.InvalidDpopProof('a proof of possession is used once') : new errors.InvalidClientAuth('client assertion tokens must only be used once');
};

/** Client assertions and proofs of possession that were used: a second insert is a replay (RFC 7523 section 3, RFC 9449 section 11.1). */
export function replays({ database }: Rows): Model {
  return {
    async upsert(id, _payload, expiresIn) {
      const { rowCount } = await database.query(`insert into authentication.replays (id, expires_at) select $1, clock_timestamp() + make_interval(secs => $2) on conflict (id) do nothing`, [rowId('ReplayDetection', id), expiresIn]);
      if (rowCount === 0) throw usedBefore();
    },
    async find(id) {
      const { rows } = await database.query<{ used: number }>('select 1 as used from authentication.replays where id = $1 and expires_at > clock_timestamp()', [rowId('ReplayDetection', id)]);
      return rows[0] && { jti: id };
    },
    async destroy() {},
  };
}
