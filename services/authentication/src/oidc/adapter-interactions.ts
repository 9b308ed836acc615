import type { AdapterPayload } from 'oidc-provider';
import type { Model, Rows } from './adapter.js';
import { restOnEpoch, restsOnEpoch } from './rests-on.js';
import { isResuming, resumed } from './resume-once.js';
import { rowId } from './sealed-row.js';
import { isThisBrowser, thisBrowser } from './visiting-browser.js';

/** Who was signed in when the visit began, and who signed in during it, each with the epoch of the proofs that it rests on. */
type OfAccount = Readonly<{ accountId?: string; epoch?: number }>;
type Visit = AdapterPayload & { session?: OfAccount & { cookie?: string }; result?: { login?: OfAccount }; browser?: string };

const UPSERT = `
  insert into authentication.interactions as i (id, payload, expires_at, account, epoch) values ($1, $2, clock_timestamp() + make_interval(secs => $3), $4, $5)
  on conflict (id) do update set payload = excluded.payload, expires_at = excluded.expires_at, account = excluded.account, epoch = excluded.epoch where i.answer is null`;

const FIND = `
  select i.payload, i.account, a.epoch as current from authentication.interactions i left join authentication.accounts_v1 a on a.account = i.account where i.id = $1 and i.answer is null`;

type Row = { payload: Buffer; account: string | null; current: number | null };

/**
 * What the browser will be asked, for that browser alone; the copy of the session cookie is not kept. A login that was given, and a session that was there, count only as long as
 * the proofs that they rest on do: else the visit goes on as if they had not been.
 */
export function interactions({ database, sealing }: Rows): Model {
  const kind = 'Interaction';
  const current = async (account: string): Promise<number | undefined> => (await database.query<{ epoch: number }>('select epoch from authentication.accounts_v1 where account = $1', [account])).rows[0]?.epoch;
  const counts = async ({ accountId, epoch = 0 }: OfAccount, row: Row): Promise<boolean> => accountId !== undefined && (accountId === row.account ? (row.current ?? 0) : await current(accountId)) === epoch;
  return {
    async upsert(id, payload, expiresIn) {
      const row = rowId(kind, id);
      const { session, ...rest } = payload as Visit;
      const { cookie: _cookie, ...who } = session ?? {};
      const kept = who.accountId === undefined ? who : { epoch: restsOnEpoch(who.accountId), ...who };
      const sealed = sealing.seal(kind, row, { ...rest, browser: thisBrowser(id), ...(session ? { session: kept } : {}) });
      const of = (rest as Visit).result?.login ?? (session ? kept : {});
      await database.query(UPSERT, [row, sealed, expiresIn, of.accountId ?? null, of.epoch ?? null]);
    },
    async find(id) {
      const sealedRow = rowId(kind, id);
      const row = (await database.query<Row>(FIND, [sealedRow])).rows[0];
      if (!row) return undefined;
      const { session, result, browser, ...visit } = { ...sealing.open(kind, sealedRow, row.payload), jti: id } as unknown as Visit;
      if (browser !== undefined && !isThisBrowser(id, browser)) return undefined; // an older version kept none with its visits, which end within the hour
      const login = result?.login;
      if ((session?.accountId !== undefined && !(await counts(session, row))) || (login && !(await counts(login, row)))) {
        const { lastSubmission: _submitted, grantId: _grant, ...fresh } = visit as Visit & { lastSubmission?: unknown };
        return fresh;
      }
      if (login && isResuming()) restOnEpoch(login.accountId!, login.epoch ?? 0);
      return { ...visit, ...(session ? { session } : {}), ...(result ? { result } : {}) } as AdapterPayload;
    },
    async destroy(id) {
      if (resumed()) return; // its answer takes its place, once that is known
      await database.query('delete from authentication.interactions where id = $1', [rowId(kind, id)]);
    },
  };
}
