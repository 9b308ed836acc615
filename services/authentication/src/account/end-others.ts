import { Inject, Injectable } from '@nestjs/common';
import { newId, now } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import { account } from '../account.decider.js';
import type { BrowserSession } from '../oidc/identity-provider.js';
import { Revocation } from '../session/revocation.js';
import { AccountsQuery } from '../sign-in/accounts.query.js';
import { PORTS } from '../tokens.js';
import type { Notice } from './account-notice.policy.js';

/** Ends everything that rests on earlier proofs but the session in which its owner asks for it. */
@Injectable()
export class EndOthers {
  constructor(
    @Inject(PORTS) private readonly ports: Pick<Ports, 'handler'>,
    @Inject(AccountsQuery) private readonly accounts: AccountsQuery,
    @Inject(Revocation) private readonly revocation: Revocation,
  ) {}

  /** What the page says afterwards. `stale`: this session was put out itself meanwhile. */
  async of({ accountId, uid, epoch }: BrowserSession): Promise<Extract<Notice, 'others-ended' | 'others-ended-later' | 'stale'>> {
    const credentialId = (await this.accounts.byId(accountId))?.credentialId;
    const outcome = await this.ports.handler(account).handle(`account-${accountId}`, { type: 'RevokeAccess', id: newId(), at: now(), restsOn: { credentialId, epoch } }, { actor: accountId, subject: accountId, correlation: newId() });
    if ('refused' in outcome || 'clash' in outcome) return 'stale';
    const { inForce } = await this.revocation.carry({ accountId, position: outcome.position, reason: 'elsewhere', keep: uid });
    return inForce ? 'others-ended' : 'others-ended-later';
  }
}
