import { Inject, Injectable } from '@nestjs/common';
import { newId, now } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import { account } from '../account.decider.js';
import { OverviewQuery } from '../account/overview.query.js';
import type { IdentityProvider } from '../oidc/identity-provider.js';
import { text } from '../page/index.js';
import { Credentials } from '../password/credentials.js';
import { PasswordHashes } from '../password/password-hashes.js';
import { passwordFault } from '../password/password-rules.js';
import { Throttle } from '../throttle/throttle.js';
import { IDENTITY_PROVIDER, PORTS } from '../tokens.js';

/** `consume` is asked after the hash and before anything is written: false, and nothing happens. `except`: the session that stays. */
export type PasswordChange = Readonly<{ accountId: string; password: string; reason: 'change' | 'recovery'; except?: string; consume?: () => Promise<boolean> }>;

const ACCOUNTS = 'authentication.accounts.v1';

/** Sets a new password and ends the other sessions of the account. */
@Injectable()
export class NewPassword {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(IDENTITY_PROVIDER) private readonly provider: IdentityProvider,
    @Inject(PasswordHashes) private readonly hashes: PasswordHashes,
    @Inject(Credentials) private readonly credentials: Credentials,
    @Inject(OverviewQuery) private readonly overview: OverviewQuery,
    @Inject(Throttle) private readonly throttle: Throttle,
  ) {}

  /** What is wrong with the password, in words; undefined: it is set. Throws `Busy` and `Unavailable`. */
  async set({ accountId, password, reason, except, consume }: PasswordChange): Promise<string | undefined> {
    const { email } = await this.overview.of(accountId);
    const problem = passwordFault(password, { minimum: this.ports.configuration.passwordMinimum, context: [email, this.ports.configuration.brand.name] });
    if (problem !== undefined) return text(`password.${problem}`, { minimum: this.ports.configuration.passwordMinimum });
    const hash = await this.hashes.hash(password);
    if (consume && !(await consume())) return text('recover.over');
    const credentialId = await this.credentials.keep(accountId, hash);
    const outcome = await this.ports.handler(account).handle(`account-${accountId}`, { type: 'SetPassword', id: newId(), at: now(), credentialId, reason }, { actor: accountId, subject: accountId, correlation: newId() });
    if ('refused' in outcome || 'clash' in outcome) return text('recover.over');
    // The answer goes out when the old password no longer works anywhere.
    if (outcome.position !== undefined) await this.ports.waitFor(ACCOUNTS, outcome.position);
    await this.provider.endAllSessions(accountId, 'password', except);
    // What strangers tried was tried on a password that is gone: hard stops end here. Their windows go on, which would tell them.
    await this.throttle.proven({ login: email, accountId });
    if (reason === 'recovery') await this.throttle.succeeded('recover', { login: email });
    return undefined;
  }
}
