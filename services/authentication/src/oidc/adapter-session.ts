import { errors, Provider } from 'oidc-provider';
import type { AdapterPayload } from 'oidc-provider';
import type { Model, Rows } from './adapter.js';
import { sessionEndedFact } from './facts.js';
import { takeHeld, together } from './held-writes.js';
import { sessionAhead } from './read-ahead.js';
import { restOnEpoch, restsOnEpoch } from './rests-on.js';
import { rowId } from './sealed-row.js';

/** A session that lives, as it is kept. */
export type SessionRow = { uid: string; payload: Buffer; authorizations: NonNullable<AdapterPayload['authorizations']>; account?: string | null; epoch?: number };

/**
 * A session's id changes at every sign-in; its uid stays. The id before the last is good for 30 s when nobody signed in between, for requests that were
 * on their way. Requests of two applications at once each know only their own authorization: they are merged. A tombstone refuses to be written, and so
 * does a session whose account's proofs were revoked since.
 */
const UPSERT = `
  insert into authentication.sessions as s (uid, id, account, signed_in_at, authorizations, payload, expires_at, epoch)
  select $1, $2, $3, to_timestamp($4), $5, $6, clock_timestamp() + make_interval(secs => $7), $9
  where not exists (select from authentication.accounts_v1 a where a.account = $3 and a.epoch <> $9)
  on conflict (uid) do update set
    id = case when excluded.id = s.previous_id and s.previous_until > clock_timestamp() then s.id else excluded.id end,
    previous_id = case when excluded.id in (s.id, s.previous_id) then s.previous_id
      when s.account is not distinct from excluded.account and s.signed_in_at is not distinct from excluded.signed_in_at then s.id end,
    previous_until = case when excluded.id in (s.id, s.previous_id) then s.previous_until else clock_timestamp() + interval '30 s' end,
    account = excluded.account, signed_in_at = excluded.signed_in_at, seen_at = clock_timestamp(),
    authorizations = case when $8 then s.authorizations || excluded.authorizations else excluded.authorizations end,
    payload = excluded.payload, expires_at = excluded.expires_at, epoch = excluded.epoch
  where s.ended_at is null
  returning uid`;

/** Neither ended nor resting on proofs that were revoked. */
const LIVING = `
  select s.uid, s.payload, s.authorizations, s.account, s.epoch from authentication.sessions s left join authentication.accounts_v1 a on a.account = s.account
  where s.ended_at is null and (s.account is null or s.epoch = coalesce(a.epoch, 0))`;

/** A sign-out of one application takes its authorization away; everywhere else nothing may be lost. */
const merges = (): boolean => Provider.ctx?.oidc.route !== 'end_session_confirm';

/** A request in flight must not bring an ended session back: the library is told that it is gone, and the browser has to sign in. */
function refuseEnded(): never {
  const session = Provider.ctx?.oidc.session as { destroyed?: boolean } | undefined;
  if (session) session.destroyed = true;
  throw new errors.LoginRequired('session has ended');
}

/** The provider's session, the only session there is. */
export function sessionRows({ database, sealing }: Rows): Model {
  const kind = 'Session';
  // Payloads are bound to the uid: the row stays when the id changes.
  const opened = ({ uid, payload, authorizations }: SessionRow, jti: string): AdapterPayload => ({ ...sealing.open(kind, rowId(kind, uid), payload), uid, authorizations, jti });
  return {
    async upsert(id, { authorizations, ...payload }, expiresIn) {
      const uid = String(payload.uid);
      const sealed = sealing.seal(kind, rowId(kind, uid), payload);
      const session = { text: UPSERT, values: [uid, rowId(kind, id), payload.accountId ?? null, payload.loginTs ?? null, JSON.stringify(authorizations ?? {}), sealed, expiresIn, merges(), restsOnEpoch(payload.accountId)] };
      // the grant and the code that this request gives exist only with their session
      const { text, values } = together(session, takeHeld());
      const { rowCount } = await database.query(text, values);
      if (rowCount === 0) refuseEnded();
    },
    async find(id) {
      const [row] = (await database.query<SessionRow>(`${LIVING} and (s.id = $1 or (s.previous_id = $1 and s.previous_until > clock_timestamp()))`, [rowId(kind, id)])).rows;
      if (row?.account) restOnEpoch(row.account, row.epoch ?? 0);
      return row && opened(row, id);
    },
    async findByUid(uid) {
      const known = sessionAhead(uid);
      const row = known ? known.row : (await database.query<SessionRow>(`${LIVING} and s.uid = $1`, [uid])).rows[0];
      return row && opened(row, uid);
    },
    async destroy(id) {
      const session = Provider.ctx?.oidc.session as { oldId?: string; id?: string } | undefined;
      if (session?.oldId === id && session.id !== id) return; // the same session under its new id
      await sessionEndedFact(database, { where: 'id = $2 or previous_id = $2', value: rowId(kind, id), reason: 'sign_out' });
    },
  };
}
