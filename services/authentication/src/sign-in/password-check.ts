import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { Devices } from '../device/devices.js';
import { PasswordHashes } from '../password/password-hashes.js';
import { Throttle, toldWait } from '../throttle/throttle.js';
import { PasswordCheckQuery } from './password-check.query.js';

/** What was typed, and where. `mustBe`: only this account may answer, since its owner is asked again. */
export type PasswordTyped = Readonly<{ login: string; password: string; request: IncomingMessage; address: string; mustBe?: string }>;

/** `wait`: seconds until the next attempt. Unknown, disabled, somebody else's and wrong are all `refused`, and so is what comes after too many from elsewhere. */
export type PasswordChecked = Readonly<{ accepted: Readonly<{ accountId: string; credentialId: string; epoch: number; knownDevice: boolean }> } | { refused: true } | { wait: number }>;

/** Whether email and password belong together. Counted before the hash; the same work whether or not somebody has the address. */
@Injectable()
export class PasswordCheck {
  constructor(
    @Inject(Throttle) private readonly throttle: Throttle,
    @Inject(PasswordHashes) private readonly hashes: PasswordHashes,
    @Inject(PasswordCheckQuery) private readonly rows: PasswordCheckQuery,
    @Inject(Devices) private readonly devices: Devices,
  ) {}

  /** Throws `Busy` when the pool of hashes is full. */
  async check({ login, password, request, address, mustBe }: PasswordTyped): Promise<PasswordChecked> {
    const device = this.devices.of(request);
    const known = await this.rows.of(login, device);
    const who = { login, address, ...(known?.knownDevice ? { device } : {}) };
    const turn = await this.throttle.take('sign-in', who);
    const wait = toldWait(turn);
    if (wait !== undefined) return { wait };
    const right = await this.hashes.verify(known?.credential?.hash, password);
    if (!turn.allowed || !right || !known?.credential || known.disabled || (mustBe !== undefined && mustBe !== known.accountId)) return { refused: true };
    await this.throttle.succeeded('sign-in', who);
    if (known.knownDevice) await this.throttle.proven({ login, accountId: known.accountId });
    return { accepted: { accountId: known.accountId, credentialId: known.credential.id, epoch: known.epoch, knownDevice: known.knownDevice } };
  }
}
