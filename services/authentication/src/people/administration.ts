import { Inject, Injectable } from '@nestjs/common';
import type { Cause, CommandHandler, Done, Outcome } from '@symbolon/event-sourcing';
import type { Ports } from '@symbolon/web';
import { account } from '../account.decider.js';
import type { AccountCommand, AccountRefusal } from '../account.decider.js';
import { accounts, roles } from '../accounts.projection.js';
import type { SessionEnd } from '../oidc/identity-provider.js';
import { Recoveries } from '../recover/recoveries.js';
import { Revocation } from '../session/revocation.js';
import { PORTS } from '../tokens.js';

/** What staff asks of an account, and what a revocation that comes of it is called. */
export type Asked = Readonly<{ accountId: string; command: AccountCommand; cause: Cause; revokes?: SessionEnd }>;

/** `inForce`: whatever was taken away opens nothing anywhere, and what was given is there for the next request. */
export type Carried = Readonly<{ outcome: Outcome<AccountRefusal>; inForce: boolean }>;

/** Carries what staff does to somebody's account until it is in force. */
@Injectable()
export class Administration {
  readonly #handler: CommandHandler<AccountCommand, AccountRefusal>;

  constructor(
    @Inject(PORTS) private readonly ports: Pick<Ports, 'handler' | 'waitFor'>,
    @Inject(Revocation) private readonly revocation: Revocation,
    @Inject(Recoveries) private readonly recoveries: Recoveries,
  ) {
    this.#handler = ports.handler(account);
  }

  /** Throws `Unavailable`; the change may be in the log then, and the same request again finds it. */
  async carry({ accountId, command, cause, revokes }: Asked): Promise<Carried> {
    const outcome = await this.#handler.handle(`account-${accountId}`, command, cause);
    if ('refused' in outcome || 'clash' in outcome) return { outcome, inForce: false };
    const seen = await this.#seen(outcome);
    // A recovery that was begun before is no way back in, also after the account is unblocked.
    if (command.type === 'DisableAccount') await this.recoveries.endAll(accountId);
    // A role that was not there takes no session with it.
    if (revokes === undefined || (command.type === 'RemoveRole' && !outcome.changed)) return { outcome, inForce: seen };
    const { inForce } = await this.revocation.carry({ accountId, position: outcome.position, reason: revokes });
    return { outcome, inForce: inForce && seen };
  }

  async #seen({ position }: Done): Promise<boolean> {
    return position === undefined || (await Promise.all([accounts, roles].map(({ name }) => this.ports.waitFor(name, position)))).every(Boolean);
  }
}
