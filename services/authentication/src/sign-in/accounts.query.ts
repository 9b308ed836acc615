import type { Ports } from '@symbolon/web';

/** An account as a sign-in needs it. */
export type AccountRow = Readonly<{ accountId: string; credentialId: string | undefined; disabled: boolean; epoch: number }>;

/** Reads authentication's own security rows. */
export class AccountsQuery {
  constructor(private readonly ports: Ports) {}

  async byId(accountId: string): Promise<AccountRow | undefined> {
    const { rows } = await this.ports.database.query<{ credential_id: string | null; disabled: boolean; epoch: number }>('select credential_id, disabled, epoch from authentication.accounts_v1 where account = $1', [accountId]);
    const row = rows[0];
    return row && { accountId, credentialId: row.credential_id ?? undefined, disabled: row.disabled, epoch: row.epoch };
  }
}
