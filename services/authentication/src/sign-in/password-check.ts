import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { Devices } from '../device/devices.js';
import { Credentials } from '../password/credentials.js';
import { PasswordHashes } from '../password/password-hashes.js';
import { Logins } from '../register/logins.js';
import { Throttle } from '../throttle/throttle.js';
import { AccountsQuery } from './accounts.query.js';

/** What was typed, and where. `mustBe`: only this account may answer, since its owner is asked again. */
export type PasswordTyped = Readonly<{ login: string; password: string; request: IncomingMessage; address: string; mustBe?: string }>;

/** `wait`: seconds until the next attempt. Unknown, disabled, somebody else's and wrong are all `refused`. */
export type PasswordChecked = Readonly<{ accepted: Readonly<{ accountId: string; credentialId: string; knownDevice: boolean }> } | { refused: true } | { wait: number }>;

/** Whether email and password belong together. Counted before the hash; the same work whether or not somebody has the address. */
@Injectable()
export class PasswordCheck {
  constructor(
    @Inject(Throttle) private readonly throttle: Throttle,
    @Inject(PasswordHashes) private readonly hashes: PasswordHashes,
    @Inject(Credentials) private readonly credentials: Credentials,
    @Inject(Logins) private readonly logins: Logins,
    @Inject(AccountsQuery) private readonly accounts: AccountsQuery,
    @Inject(Devices) private readonly devices: Devices,
  ) {}

  /** Throws `Busy` when the pool of hashes is full. */
  async check({ login, password, request, address, mustBe }: PasswordTyped): Promise<PasswordChecked> {
    const accountId = await this.logins.find(login);
    const account = await this.accounts.byId(accountId ?? '');
    const credential = await this.credentials.of(account?.credentialId);
    const knownDevice = await this.devices.knows(request, accountId ?? '');
    const turn = await this.throttle.take('sign-in', { login, address, ...(knownDevice ? { device: this.devices.of(request) } : {}) });
    if (!turn.allowed) return { wait: turn.retryAfter };
    const right = await this.hashes.verify(credential?.hash, password);
    if (!right || !account || !credential || account.disabled || (mustBe !== undefined && mustBe !== account.accountId)) return { refused: true };
    await this.throttle.reset('sign-in', { login, address, ...(knownDevice ? { device: this.devices.of(request) } : {}) });
    return { accepted: { accountId: account.accountId, credentialId: credential.id, knownDevice } };
  }
}
