import { FORGOTTEN } from '@symbolon/vault';
import type { Ports } from '@symbolon/web';
import type { Place } from './place.policy.js';

/** An account as staff sees it. Address and names are there for those who may open them. */
export type AccountEntry = Readonly<{ id: string; state: 'active' | 'blocked'; registeredAt: Date; roles: readonly string[]; epoch: number; email?: string; firstName?: string; lastName?: string }>;

/** Which accounts: a page of `limit` from behind `place`, all or in one state. `open`: with address and names. */
export type Listing = Readonly<{ limit: number; place?: Place; blocked?: boolean; open: boolean }>;

type Row = { account: string; registered_at: Date; disabled: boolean; epoch: number; roles: string[]; email: string | null; first_name: string | null; last_name: string | null };

/** Names are those of today, which the person may have changed since they registered. */
const SELECT = `
  select a.account, a.registered_at, a.disabled, a.epoch, a.email,
    coalesce((select array_agg(r.role order by r.role) from authentication.roles_v1 r where r.account = a.account), '{}') as roles,
    (select c.value from authentication.claims_v1 c where c.subject = a.account and c.attribute = 'first_name') as first_name,
    (select c.value from authentication.claims_v1 c where c.subject = a.account and c.attribute = 'last_name') as last_name
  from authentication.accounts_v1 a`;

/** Reads accounts for staff. */
export class DirectoryQuery {
  constructor(private readonly ports: Pick<Ports, 'database' | 'vault'>) {}

  /** In the order in which they registered. One more than asked for is read, which tells whether there is a next page. */
  async page({ limit, place, blocked, open }: Listing): Promise<Readonly<{ accounts: readonly AccountEntry[]; more: boolean }>> {
    const conditions = ['a.registered_at is not null', ...(place ? ['(a.registered_at, a.account) > ($2::timestamptz, $3::text)'] : []), ...(blocked === undefined ? [] : [blocked ? 'a.disabled' : 'not a.disabled'])];
    const { rows } = await this.ports.database.query<Row>(`${SELECT} where ${conditions.join(' and ')} order by a.registered_at, a.account limit $1`, [limit + 1, ...(place ? [place.registeredAt, place.id] : [])]);
    return { accounts: await Promise.all(rows.slice(0, limit).map((row) => this.#entry(row, open))), more: rows.length > limit };
  }

  async one(accountId: string, open: boolean): Promise<AccountEntry | undefined> {
    const { rows } = await this.ports.database.query<Row>(`${SELECT} where a.account = $1 and a.registered_at is not null`, [accountId]);
    return rows[0] && this.#entry(rows[0], open);
  }

  async #entry({ account, registered_at, disabled, epoch, roles, ...personal }: Row, open: boolean): Promise<AccountEntry> {
    const shown = { id: account, state: disabled ? ('blocked' as const) : ('active' as const), registeredAt: registered_at, roles, epoch };
    if (!open) return shown;
    const [email, firstName, lastName] = await Promise.all([personal.email, personal.first_name, personal.last_name].map((sealed) => this.#open(sealed, account)));
    return { ...shown, ...(email ? { email } : {}), ...(firstName ? { firstName } : {}), ...(lastName ? { lastName } : {}) };
  }

  async #open(sealed: string | null, accountId: string): Promise<string | undefined> {
    const text = sealed === null ? FORGOTTEN : await this.ports.vault.open(sealed, accountId);
    return text === FORGOTTEN ? undefined : text;
  }
}
