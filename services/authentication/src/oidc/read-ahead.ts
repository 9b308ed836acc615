import type { AdapterPayload } from 'oidc-provider';
import { Provider } from 'oidc-provider';
import { ACCOUNT, accountKnown } from './claims.js';
import type { SessionRow } from './adapter-session.js';
import { restOnAuthorization, restOnEpoch } from './rests-on.js';
import { WITHDRAWN } from './withdrawn.js';

type Found = Readonly<{ payload: Buffer }>;
type Ahead = { grant?: Readonly<{ id: string; row: Found | undefined }> | undefined; session?: Readonly<{ uid: string; row: SessionRow | undefined }> | undefined };

const ahead = new WeakMap<object, Ahead>();
const context = (): object | undefined => Provider.ctx as unknown as object | undefined;

/** What comes with a code or a refresh token `t`: its grant, session and account, which the library asks for next. */
export const BESIDE = `
  left join authentication.grants g on g.id = t.grant_id and g.revoked = t.revoked
  left join authentication.sessions s on s.uid = t.session_uid and s.ended_at is null and s.epoch = t.epoch
  left join lateral (${ACCOUNT} t.account) a on true`;

/** Whether what a code or token `t` rests on still counts: the account's proofs, and what the person allowed the client. Needs the account as `a`. */
export const COUNTS = `t.epoch = a.epoch and t.revoked = ${WITHDRAWN('t.account', 't.client_id')}`;

/** The columns of it. */
export const BESIDE_COLUMNS = `t.grant_id, t.account, t.client_id, t.session_uid, t.revoked, g.payload as grant_payload, s.payload as session_payload, s.authorizations, a.email, a.disabled, a.epoch, a.roles`;

/** A row with these columns. */
export type Beside = Readonly<{
  grant_id: string; account: string | null; client_id: string; session_uid: string | null; revoked: string; grant_payload: Buffer | null; session_payload: Buffer | null; authorizations: AdapterPayload['authorizations'] | null;
  email: string | null; disabled: boolean | null; epoch: number | null; roles: string[] | null;
}>;

/** Keeps for this request what came with a row. */
export function keepBeside(row: Beside): void {
  const ctx = context();
  if (!ctx) return;
  const { grant_id, account, client_id, session_uid: uid, revoked, grant_payload, session_payload, authorizations, email, disabled, epoch, roles } = row;
  ahead.set(ctx, {
    grant: { id: grant_id, row: grant_payload === null ? undefined : { payload: grant_payload } },
    session: uid === null ? undefined : { uid, row: session_payload === null ? undefined : { uid, payload: session_payload, authorizations: authorizations ?? {} } },
  });
  if (account === null) return;
  accountKnown(ctx, account, disabled === null ? undefined : { accountId: account, email, disabled, epoch: epoch ?? 0, roles: roles ?? [] });
  restOnEpoch(account, epoch ?? 0);
  restOnAuthorization(account, client_id, revoked);
}

/** A grant that came with another row, once: whoever asks again in the same request sees the table. */
export function grantAhead(id: string): Readonly<{ row: Found | undefined }> | undefined {
  const known = context() && ahead.get(context()!);
  if (known?.grant?.id !== id) return undefined;
  const { grant } = known;
  known.grant = undefined;
  return grant;
}

/** The same for a session. */
export function sessionAhead(uid: string): Readonly<{ row: SessionRow | undefined }> | undefined {
  const known = context() && ahead.get(context()!);
  if (known?.session?.uid !== uid) return undefined;
  const { session } = known;
  known.session = undefined;
  return session;
}
