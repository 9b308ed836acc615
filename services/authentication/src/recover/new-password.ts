import { Inject, Injectable } from '@nestjs/common';
import { withoutDeadline } from '@symbolon/event-sourcing';
import { newId, now } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import { account } from '../account.decider.js';
import { OverviewQuery } from '../account/overview.query.js';
import { passwordChangedLetter, recoveredLetter } from '../mail/letters.js';
import { Mails } from '../mail/mails.js';
import type { BrowserSession } from '../oidc/identity-provider.js';
import { text } from '../page/index.js';
import { Credentials } from '../password/credentials.js';
import { PasswordHashes } from '../password/password-hashes.js';
import { passwordFault } from '../password/password-rules.js';
import { Revocation } from '../session/revocation.js';
import type { InForce } from '../session/revocation.js';
import { AccountsQuery } from '../sign-in/accounts.query.js';
import { Throttle } from '../throttle/throttle.js';
import { PORTS } from '../tokens.js';
import { Recoveries } from './recoveries.js';

/** A new password, by somebody who is signed in or by a recovery that was proven. */
export type PasswordChange = Readonly<{ accountId: string; password: string } & ({ session: BrowserSession } | { recovery: string })>;

/** `wrong`: why it was not set, in words. */
export type PasswordOutcome = Readonly<{ wrong: string }> | InForce;

/** Sets a new password and revokes what rested on the one before it. Hard stops that strangers reached end; their windows go on, which would tell them. */
@Injectable()
export class NewPassword {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(PasswordHashes) private readonly hashes: PasswordHashes,
    @Inject(Credentials) private readonly credentials: Credentials,
    @Inject(OverviewQuery) private readonly overview: OverviewQuery,
    @Inject(AccountsQuery) private readonly accounts: AccountsQuery,
    @Inject(Recoveries) private readonly recoveries: Recoveries,
    @Inject(Revocation) private readonly revocation: Revocation,
    @Inject(Mails) private readonly mails: Mails,
    @Inject(Throttle) private readonly throttle: Throttle,
  ) {}

  /** Throws `Busy` and `Unavailable`. */
  async set(change: PasswordChange): Promise<PasswordOutcome> {
    const { accountId, password } = change;
    const [{ email }, known] = await Promise.all([this.overview.of(accountId), this.accounts.byId(accountId)]);
    const problem = passwordFault(password, { minimum: this.ports.configuration.passwordMinimum, context: [email, this.ports.configuration.brand.name] });
    if (problem !== undefined) return { wrong: text(`password.${problem}`, { minimum: this.ports.configuration.passwordMinimum }) };
    const hash = await this.hashes.hash(password);
    if ('recovery' in change) return this.#recovered(change.recovery, accountId, hash, email);
    const { session } = change;
    const outcome = await this.#append(accountId, hash, { reason: 'change', restsOn: { credentialId: known?.credentialId, epoch: session.epoch } });
    // What was proven here is worth nothing any more: the owner recovered, or another browser was quicker.
    if ('refused' in outcome || 'clash' in outcome) return { wrong: text('account.password-superseded') };
    await this.#tell(accountId, outcome.credentialId, 'change');
    const inForce = await this.revocation.carry({ accountId, position: outcome.position, reason: 'password', keep: session.uid });
    await this.recoveries.outrun(accountId, session.authenticatedAt);
    await this.throttle.proven({ login: email, accountId });
    return inForce;
  }

  /** A recovery is taken by one request; where that fails because something is away, the next may try. It rests on the mailbox, whatever sessions did meanwhile. */
  async #recovered(recovery: string, accountId: string, hash: string, email: string): Promise<PasswordOutcome> {
    if (!(await this.recoveries.take(recovery))) return { wrong: text('recover.over') };
    try {
      const outcome = await this.#append(accountId, hash, { reason: 'recovery' });
      if ('refused' in outcome || 'clash' in outcome) return { wrong: text('recover.over') };
      await this.#tell(accountId, outcome.credentialId, 'recovery');
      const inForce = await this.revocation.carry({ accountId, position: outcome.position, reason: 'password' });
      await this.recoveries.endAll(accountId);
      await this.throttle.proven({ login: email, accountId });
      await this.throttle.succeeded('recover', { login: email });
      return inForce;
    } catch (error) {
      await withoutDeadline(() => this.recoveries.release(recovery)).catch(() => undefined); // it lapses by itself
      throw error;
    }
  }

  async #append(accountId: string, hash: string, why: Readonly<{ reason: 'change' | 'recovery'; restsOn?: { credentialId: string | undefined; epoch: number } }>) {
    const credentialId = await this.credentials.keep(accountId, hash);
    const outcome = await this.ports.handler(account).handle(`account-${accountId}`, { type: 'SetPassword', id: newId(), at: now(), credentialId, ...why }, { actor: accountId, subject: accountId, correlation: newId() });
    return { ...outcome, credentialId };
  }

  /** The owner learns of it at once, at the stored address: whoever did it may be somebody else. */
  #tell(accountId: string, credentialId: string, reason: 'change' | 'recovery'): Promise<void> {
    const { brand, origin } = this.ports.configuration;
    const parts = { brand, link: `${origin}/account/not-me` };
    return this.mails.queue({ account: accountId, dedupe: `password ${credentialId}`, ...(reason === 'change' ? passwordChangedLetter(parts) : recoveredLetter(parts)) });
  }
}
