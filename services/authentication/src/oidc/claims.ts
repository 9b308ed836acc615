import { FORGOTTEN } from '@symbolon/vault';
import type { Database } from '@symbolon/postgres';
import type { Ports } from '@symbolon/web';
import type { ClientRegistry } from '../client/client-registry.js';
import { unread, unreadAnswers } from '../unread.js';
import { oidcScopesOf } from './api-scopes.policy.js';
import { claimsOfScope, releasable } from './claim-release.policy.js';
import type { PurposeInForce } from './claim-release.policy.js';

/** An account as tokens need it. */
export type AccountView = Readonly<{ accountId: string; email: string | null; disabled: boolean; epoch: number; roles: readonly string[] }>;

const asked = new WeakMap<object, Map<string, Promise<AccountView | undefined>>>();

/** Reads an account once in a request to the provider (`ctx`), however many of the library's questions need it. */
export function accountOf(database: Database, ctx: object, accountId: string): Promise<AccountView | undefined> {
  const known = asked.get(ctx) ?? new Map<string, Promise<AccountView | undefined>>();
  asked.set(ctx, known);
  const found = known.get(accountId) ?? findAccountRow(database, accountId);
  known.set(accountId, found);
  return found;
}

/** What was read of an account together with something else (undefined: there is none) counts for the rest of the request. */
export function accountKnown(ctx: object, accountId: string, account: AccountView | undefined): void {
  asked.set(ctx, (asked.get(ctx) ?? new Map<string, Promise<AccountView | undefined>>()).set(accountId, Promise.resolve(account)));
}

/** What tokens need of an account; its id follows. */
export const ACCOUNT = `
  select email, disabled or ${unread("'account-' || a.account", 'authentication.accounts.v1')} as disabled, epoch,
    coalesce((select array_agg(role order by role) from authentication.roles_v1 r where r.account = a.account and not ${unread("'account-' || a.account", 'authentication.roles.v1')}), '{}') as roles
  from authentication.accounts_v1 a where registered_at is not null and account =`;

/** Reads an account; undefined: there is none. */
export async function findAccountRow(database: Database, accountId: string): Promise<AccountView | undefined> {
  const { rows } = await database.query<{ email: string | null; disabled: boolean; epoch: number; roles: string[] }>(`${ACCOUNT} $1`, [accountId]);
  return rows[0] && { accountId, ...rows[0] };
}

/** The follower that brings consents into our tables; withdrawals are in force when it has passed them. */
export const CONSENTS = 'authentication.consents.v1';

/**
 * Consent counts only while its follower is known to be alive: it renews its lead every second even when nothing happens, so a lead that
 * ended more than 56 s ago means that nothing was heard for a minute.
 */
const PURPOSES = `
  select p.purpose as id, p.basis, p.claims,
    coalesce(c.text_version = p.text_version, false) and exists (select 1 from authentication.followers f where f.subscription = $2 and es.held_until(f.owner, f.leased_until) > clock_timestamp() - interval '56 s')
      and not ${unreadAnswers('$1')} and not ${unread("'purpose-' || p.purpose", 'authentication.purposes.v1')} as live
  from authentication.purposes_v1 p left join authentication.consents_v1 c on c.purpose = p.purpose and c.subject = $1`;

const ATTRIBUTES: Readonly<Record<string, string>> = { given_name: 'first_name', family_name: 'last_name', locale: 'locale' };

async function values(ports: Pick<Ports, 'database' | 'vault'>, account: AccountView, wanted: ReadonlySet<string>): Promise<Record<string, unknown>> {
  const { rows } = await ports.database.query<{ attribute: string; value: string }>(`select attribute, value from authentication.claims_v1 where subject = $1 and not ${unread('$1', 'authentication.claims.v1')}`, [account.accountId]);
  const known = new Map<string, string>();
  for (const { attribute, value } of rows) {
    const text = await ports.vault.open(value, account.accountId);
    if (text !== FORGOTTEN && text !== '') known.set(attribute, text);
  }
  const claims: Record<string, unknown> = {};
  for (const claim of wanted) {
    const attribute = ATTRIBUTES[claim];
    if (attribute !== undefined && known.has(attribute)) claims[claim] = known.get(attribute);
  }
  const name = [known.get('first_name'), known.get('last_name')].filter(Boolean).join(' ');
  if (wanted.has('name') && name !== '') claims['name'] = name;
  if (wanted.has('email') && account.email !== null) {
    const email = await ports.vault.open(account.email, account.accountId);
    if (email !== FORGOTTEN) Object.assign(claims, { email, ...(wanted.has('email_verified') ? { email_verified: true } : {}), ...(wanted.has('preferred_username') ? { preferred_username: email } : {}) });
  }
  return claims;
}

/** What this client is told of this account now (DESIGN, "claims"): scope that it is (still) registered for ∧ declared purpose ∧ live basis. Omits, never nulls. */
export async function releasedClaims(ports: Pick<Ports, 'database' | 'vault'>, clients: ClientRegistry, request: Readonly<{ account: AccountView; clientId: string; scopes: ReadonlySet<string>; use: string }>): Promise<Record<string, unknown>> {
  const client = await clients.row(request.clientId);
  const scopes = new Set(client ? oidcScopesOf(client).filter((scope) => request.scopes.has(scope)) : []);
  const asksForClaims = [...scopes].some((scope) => scope in claimsOfScope);
  if (!client || !asksForClaims || (request.use === 'id_token' && !client.claims_in_id_token)) return {};
  const { rows } = await ports.database.query<PurposeInForce>(PURPOSES, [request.account.accountId, CONSENTS]);
  const wanted = releasable(scopes, client.purposes, rows);
  return wanted.size === 0 ? {} : values(ports, request.account, wanted);
}
