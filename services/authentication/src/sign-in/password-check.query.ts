import type { Ports } from '@symbolon/web';
import { deviceHash } from '../device/devices.js';
import type { Credential, Credentials } from '../password/credentials.js';
import type { Logins } from '../register/logins.js';

/** Whose login it is, what their password is kept as, and whether they signed in with this device before. */
export type KnownLogin = Readonly<{ accountId: string; disabled: boolean; credential: Credential | undefined; epoch: number; knownDevice: boolean }>;

type Row = Readonly<{ account: string; disabled: boolean; credential_id: string | null; hash: Uint8Array | null; epoch: number; known: boolean }>;

const SELECT = `
  select l.account, coalesce(a.disabled, false) as disabled, c.id as credential_id, c.hash, coalesce(a.epoch, 0) as epoch,
    exists (select from authentication.devices d where d.account_id = l.account and d.device = $3 and d.epoch = a.epoch and d.expires_at > clock_timestamp()) as known
  from authentication.logins l
  left join authentication.accounts_v1 a on a.account = l.account
  left join authentication.credentials c on c.id = a.credential_id
  where l.pepper_version = $1 and l.hmac = $2 and l.pending_until is null`;

/** All that a password is checked against, in one statement. */
export class PasswordCheckQuery {
  constructor(
    private readonly ports: Ports,
    private readonly logins: Logins,
    private readonly credentials: Credentials,
  ) {}

  /** Undefined: nobody holds this address. `device`: what the browser says it is. */
  async of(login: string, device: string | undefined): Promise<KnownLogin | undefined> {
    const { rows } = await this.ports.database.query<Row>(SELECT, [...this.logins.keyOf(login), device === undefined ? null : deviceHash(device)]);
    const row = rows[0];
    if (!row) return undefined;
    const credential = row.credential_id === null || row.hash === null ? undefined : this.credentials.opened(row.credential_id, row.hash);
    return { accountId: row.account, disabled: row.disabled, credential, epoch: row.epoch, knownDevice: row.known };
  }
}
