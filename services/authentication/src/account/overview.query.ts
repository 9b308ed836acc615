import { FORGOTTEN } from '@symbolon/vault';
import type { Ports } from '@symbolon/web';
import type { ApplicationRow, Overview, PurposeRow } from './overview.js';

/** Reads the tables that authentication keeps of other services' public events. */
export class OverviewQuery {
  constructor(private readonly ports: Pick<Ports, 'database' | 'vault'>) {}

  async of(accountId: string): Promise<Overview> {
    const [names, email, purposes, applications] = await Promise.all([this.#names(accountId), this.email(accountId), this.purposes(accountId), this.#applications(accountId)]);
    return { ...names, email: email ?? '', purposes, applications };
  }

  /** The stored address: mails go there, whatever was typed. */
  async email(accountId: string): Promise<string | undefined> {
    const { rows } = await this.ports.database.query<{ email: string | null }>('select email from authentication.accounts_v1 where account = $1', [accountId]);
    const sealed = rows[0]?.email;
    return sealed ? this.#open(sealed, accountId) : undefined;
  }

  async purposes(accountId: string): Promise<readonly PurposeRow[]> {
    const { rows } = await this.ports.database.query<{ purpose: string; title: string; text: string; claims: string[]; basis: string; text_version: number; granted: boolean; answered: boolean }>(
      `select p.purpose, p.title, p.text, p.claims, p.basis, p.text_version, coalesce(c.text_version = p.text_version, false) as granted, coalesce(a.text_version = p.text_version, false) as answered
       from authentication.purposes_v1 p left join authentication.consents_v1 c on c.purpose = p.purpose and c.subject = $1
       left join authentication.answers_v1 a on a.purpose = p.purpose and a.subject = $1 order by p.basis = 'consent', p.purpose`,
      [accountId],
    );
    return rows.map(({ basis, text_version, ...row }) => ({ ...row, optional: basis === 'consent', granted: basis !== 'consent' || row.granted, asked: text_version }));
  }

  async #names(accountId: string): Promise<Pick<Overview, 'firstName' | 'lastName'>> {
    const { rows } = await this.ports.database.query<{ attribute: string; value: string }>("select attribute, value from authentication.claims_v1 where subject = $1 and attribute in ('first_name', 'last_name')", [accountId]);
    const opened = await Promise.all(rows.map(async ({ attribute, value }) => [attribute, await this.#open(value, accountId)] as const));
    const names = Object.fromEntries(opened);
    return { firstName: names['first_name'] ?? '', lastName: names['last_name'] ?? '' };
  }

  async #applications(accountId: string): Promise<readonly ApplicationRow[]> {
    const { rows } = await this.ports.database.query<{ client_id: string; name: string | null; scopes: string[]; resources: Record<string, string[]>; since: Date }>(
      'select a.client_id, c.name, a.scopes, a.resources, a.since from authentication.authorizations_v1 a left join authentication.clients_v1 c using (client_id) where a.subject = $1 order by a.since desc',
      [accountId],
    );
    return rows.map(({ client_id, name, scopes, resources, since }) => ({ id: client_id, name: name ?? client_id, allowed: { scopes, resources: Object.entries(resources).map(([resource, at]) => ({ resource, scopes: at })) }, since }));
  }

  async #open(sealed: string, accountId: string): Promise<string> {
    const text = await this.ports.vault.open(sealed, accountId);
    return text === FORGOTTEN ? '' : text;
  }
}
