import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import { PORTS } from '../tokens.js';
import { browserCookie } from './browser-cookie.js';
import type { BrowserCookie } from './browser-cookie.js';

const DAYS = 400;
const SECONDS = DAYS * 24 * 60 * 60;

/** How a device's cookie is kept: a table that leaks opens nothing. */
export const deviceHash = (device: string): Buffer => createHash('sha256').update(`device|${device}`).digest();

const REMEMBER = `
  with moved as (
    update authentication.devices set device = $2, epoch = case when account_id = $1 then $5 else epoch end,
      expires_at = case when account_id = $1 then clock_timestamp() + make_interval(days => $3) else expires_at end
    where device = $4::bytea returning account_id
  )
  insert into authentication.devices (account_id, device, epoch, expires_at)
  select $1, $2, $5, clock_timestamp() + make_interval(days => $3) where not exists (select from moved where account_id = $1)`;

const KNOWS = `
  select 1 from authentication.devices d join authentication.accounts_v1 a on a.account = d.account_id
  where d.account_id = $1 and d.device = $2 and d.epoch = a.epoch and d.expires_at > clock_timestamp()`;

/** Browsers that completed a sign-in before, since what rests on the account's proofs was last revoked. A cookie alone signs nobody in: it only spares the mailed code. */
@Injectable()
export class Devices {
  readonly #cookie: BrowserCookie;

  constructor(@Inject(PORTS) private readonly ports: Ports) {
    this.#cookie = browserCookie(ports.configuration, 'device');
  }

  /** The device that this browser says it is. */
  of(request: IncomingMessage): string | undefined {
    return this.#cookie.read(request);
  }

  /** Whether this browser completed a sign-in to this account within 400 days. */
  async knows(request: IncomingMessage, accountId: string): Promise<boolean> {
    const device = this.of(request);
    if (device === undefined) return false;
    const { rowCount } = await this.ports.database.query(KNOWS, [accountId, deviceHash(device)]);
    return rowCount > 0;
  }

  /**
   * After a complete sign-in: the browser is known from now on. Its cookie is a new one each time, and what the old one was known to moves along:
   * a cookie that somebody planted, and holds too, never becomes known to this account.
   */
  async remember(request: IncomingMessage, response: ServerResponse, { accountId, epoch }: Readonly<{ accountId: string; epoch: number }>): Promise<void> {
    const before = this.of(request);
    const device = randomBytes(32).toString('base64url');
    await this.ports.database.query(REMEMBER, [accountId, deviceHash(device), DAYS, before === undefined ? null : deviceHash(before), epoch]);
    this.#cookie.write(response, device, SECONDS);
  }
}
