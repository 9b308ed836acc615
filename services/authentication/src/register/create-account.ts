import { Inject, Injectable } from '@nestjs/common';
import { uuidv5 } from '@symbolon/event-sourcing';
import type { Position, StreamName } from '@symbolon/event-sourcing';
import { now, Problem } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import { account } from '../account.decider.js';
import { accounts as accountsProjection } from '../accounts.projection.js';
import { Credentials } from '../password/credentials.js';
import { PasswordHashes } from '../password/password-hashes.js';
import { PORTS } from '../tokens.js';
import { Logins } from './logins.js';
import type { Registrant } from './registrations.js';

/** `position`: of the account's last event. `taken`: the address is somebody's. `abandoned`: the sweeper was quicker; begin anew. */
export type AccountMade = Readonly<{ made: true; position: Position | undefined; credentialId: string }> | Readonly<{ made: false; because: 'taken' | 'abandoned' }>;

/** `id` is what everything is derived from: the same one again makes nothing more. `request`: digest of what was asked under an Idempotency-Key. */
export type AccountAsked = Readonly<{ id: string; accountId: string; registrant: Registrant; actor: string; request?: string }>;

const streamOf = (accountId: string): StreamName => `account-${accountId}`;

/**
 * Makes an account: address reserved, credential row kept, events appended to a stream that must not exist, address held. Each step may be
 * repeated after a crash with the same ids. A reservation that stays behind is decided by the account's stream (sweep).
 */
@Injectable()
export class AccountCreation {
  constructor(
    @Inject(PORTS) private readonly ports: Pick<Ports, 'handler'>,
    @Inject(Logins) private readonly logins: Logins,
    @Inject(Credentials) private readonly credentials: Pick<Credentials, 'keep'>,
  ) {}

  async make({ id, accountId, registrant, actor, request }: AccountAsked): Promise<AccountMade> {
    const { email, firstName, lastName, locale, passwordHash } = registrant;
    if (!(await this.logins.reserve(email, accountId, id))) return { made: false, because: 'taken' };
    const credentialId = await this.credentials.keep(accountId, passwordHash, uuidv5('credential', id));
    const command = { type: 'RegisterAccount' as const, id: uuidv5('registration', id), at: now(), email, firstName, lastName, locale, registrationId: id, credentialId };
    const outcome = await this.ports.handler(account).handle(streamOf(accountId), command, { actor, subject: accountId, correlation: id, ...(request === undefined ? {} : { request }) });
    if ('clash' in outcome) {
      await this.logins.release(accountId); // another address under the same key: it is nobody's
      throw new Problem({ type: `web/${outcome.clash}`, title: 'This Idempotency-Key was used for another request', status: 422, detail: 'Use a new key for a new request.' });
    }
    if ('refused' in outcome && outcome.refused === 'authentication/registration_abandoned') {
      await this.logins.release(accountId);
      return { made: false, because: 'abandoned' };
    }
    await this.logins.hold(accountId);
    return { made: true, position: 'position' in outcome ? outcome.position : undefined, credentialId };
  }

  /** Gives a role, once. */
  async assign(accountId: string, role: string, { id, actor }: Readonly<{ id: string; actor: string }>): Promise<void> {
    const outcome = await this.ports.handler(account).handle(streamOf(accountId), { type: 'AssignRole', id: uuidv5(id, `role ${role}`), at: now(), role }, { actor, subject: accountId, correlation: id });
    if ('refused' in outcome) throw new Error(`the role ${role} could not be assigned: ${outcome.refused}`);
  }

  /**
   * Decides reservations whose time is over: a stream without an account is closed for ever, then the address is free; where the account was
   * made after all, the address is its own. Whoever wins at the stream, the other follows.
   */
  async sweep(): Promise<number> {
    const stale = await this.logins.stale();
    for (const { accountId, registrationId } of stale) {
      const command = { type: 'AbandonRegistration' as const, id: uuidv5('abandoned registration', accountId), at: now(), registrationId };
      const outcome = await this.ports.handler(account).handle(streamOf(accountId), command, { actor: 'system:registration', subject: accountId, correlation: registrationId });
      await ('refused' in outcome ? this.logins.hold(accountId) : this.logins.release(accountId));
    }
    return stale.length;
  }
}

/** An account that nobody registers: the first administrator's. `id` derives the rest. */
export type AccountGiven = Readonly<{ email: string; password: string; firstName?: string; lastName?: string; roles?: readonly string[]; id?: string }>;

/** Makes an account without a mailed code. Repeatable: what is there already stays, also a role that was taken away since. */
export async function createAccount(ports: Ports, { email, password, firstName = 'First', lastName = 'Administrator', roles = ['admin'], id = uuidv5('installation', email) }: AccountGiven): Promise<void> {
  const logins = new Logins(ports);
  const accounts = new AccountCreation(ports, logins, new Credentials(ports));
  const actor = 'system:installation';
  const accountId = (await logins.find(email)) ?? (await made());
  for (const role of roles) await accounts.assign(accountId, role, { id: uuidv5(id, accountId), actor });

  async function made(): Promise<string> {
    const hashes = new PasswordHashes();
    const registrant = { email, firstName, lastName, locale: 'en', passwordHash: await hashes.hash(password).finally(() => hashes.onModuleDestroy()) };
    const answer = await accounts.make({ id, accountId: uuidv5('account', id), registrant, actor });
    if (!answer.made) throw new Error(`the account could not be made: ${answer.because}`);
    if (answer.position !== undefined) await ports.waitFor(accountsProjection.name, answer.position, 5_000);
    return uuidv5('account', id);
  }
}
