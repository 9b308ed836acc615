import { Inject, Injectable } from '@nestjs/common';
import type { Position } from '@symbolon/event-sourcing';
import { epochText, revocationKey } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import type { IdentityProvider, SessionEnd } from '../oidc/identity-provider.js';
import { AccountsQuery } from '../sign-in/accounts.query.js';
import { IDENTITY_PROVIDER, PORTS } from '../tokens.js';

/** A revocation that is in the log. `position`: of its event. `keep`: the session that goes over to the new epoch. */
export type Revoked = Readonly<{ accountId: string; position: Position | undefined; reason: SessionEnd; keep?: string }>;

/** `inForce`: nothing that rested on earlier proofs opens anything any more, also at our own APIs; else it will be so in a moment. `epoch`: the one that counts now. */
export type InForce = Readonly<{ inForce: boolean; epoch: number }>;

const ACCOUNTS = 'authentication.accounts.v1';

/** What follows on `AccessRevoked`: the answer goes out when what rested on earlier proofs no longer works anywhere. */
@Injectable()
export class Revocation {
  constructor(
    @Inject(PORTS) private readonly ports: Pick<Ports, 'waitFor' | 'revoked'>,
    @Inject(IDENTITY_PROVIDER) private readonly provider: Pick<IdentityProvider, 'accessRevoked'>,
    @Inject(AccountsQuery) private readonly accounts: AccountsQuery,
  ) {}

  /** Throws `Unavailable`; the revocation is in the log then, and in force as soon as it can be read. */
  async carry({ accountId, position, reason, keep }: Revoked): Promise<InForce> {
    const applied = position === undefined || (await this.ports.waitFor(ACCOUNTS, position));
    await this.provider.accessRevoked(accountId, reason, keep);
    const epoch = (await this.accounts.byId(accountId))?.epoch ?? 0;
    return { inForce: applied && (await this.ports.revoked(revocationKey.account(accountId), epochText(epoch))), epoch };
  }
}
