import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import { PORTS } from '../tokens.js';
import { canonicalEmail } from './email-address.js';

/** A reservation whose time is over. */
export type StaleLogin = Readonly<{ accountId: string; registrationId: string }>;

/** The pepper in force. A second one gets its own version, and a row of each while both are in force. */
const PEPPER_VERSION = 1;
/** Longer than making an account can take: only a process that died leaves a reservation behind. Seconds. */
const RESERVED = 60;

/** Who has which address. An address is reserved while an account is made, then held. */
@Injectable()
export class Logins {
  constructor(@Inject(PORTS) private readonly ports: Pick<Ports, 'database' | 'configuration'>) {}

  /** The account that holds an address. What is no address at all costs the same. */
  async find(login: string): Promise<string | undefined> {
    const { rows } = await this.ports.database.query<{ account: string }>(
      'select account from authentication.logins where pepper_version = $1 and hmac = $2 and pending_until is null',
      this.keyOf(login),
    );
    return rows[0]?.account;
  }

  /** What the row of an address is found by: `pepper_version` and `hmac`. */
  keyOf(login: string): [version: number, hmac: Buffer] {
    return [PEPPER_VERSION, this.#hmac(login)];
  }

  /** False: somebody else has it, or is about to. Of many at once one gets it; the same account gets it again. */
  async reserve(login: string, accountId: string, registrationId: string): Promise<boolean> {
    const { rowCount } = await this.ports.database.query(
      `insert into authentication.logins as l (pepper_version, hmac, account, registration, pending_until)
       values ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5))
       on conflict (pepper_version, hmac) do update set pending_until = case when l.pending_until is null then null else excluded.pending_until end
       where l.account = excluded.account`,
      [PEPPER_VERSION, this.#hmac(login), accountId, registrationId, RESERVED],
    );
    return rowCount === 1;
  }

  /** From now on the address is the account's. */
  async hold(accountId: string): Promise<void> {
    await this.ports.database.query('update authentication.logins set pending_until = null where account = $1 and pending_until is not null', [accountId]);
  }

  /** The address is free again. Only a reservation is released: what is held stays. */
  async release(accountId: string): Promise<void> {
    await this.ports.database.query('delete from authentication.logins where account = $1 and pending_until is not null', [accountId]);
  }

  /** Reservations that are over, oldest first. */
  async stale(limit = 100): Promise<readonly StaleLogin[]> {
    const { rows } = await this.ports.database.query<{ account: string; registration: string }>(
      'select account, registration from authentication.logins where pending_until < clock_timestamp() order by pending_until limit $1',
      [limit],
    );
    return rows.map(({ account, registration }) => ({ accountId: account, registrationId: registration }));
  }

  #hmac(login: string): Buffer {
    return createHmac('sha256', this.ports.configuration.keys.pepper).update(`login|${canonicalEmail(login) ?? login}`).digest();
  }
}
