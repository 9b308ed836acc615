import type { ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { timeToWait } from '@symbolon/event-sourcing';
import type { Position } from '@symbolon/event-sourcing';
import type { Ports } from '@symbolon/web';
import { accounts } from '../accounts.projection.js';
import { Codes } from '../code/codes.js';
import { knownAddressLetter, registrationLetter } from '../mail/letters.js';
import { Mails } from '../mail/mails.js';
import { PasswordHashes } from '../password/password-hashes.js';
import { Throttle } from '../throttle/throttle.js';
import { PORTS } from '../tokens.js';
import { AccountCreation } from './create-account.js';
import { Logins } from './logins.js';
import { Registrations } from './registrations.js';
import type { Registrant, Registration } from './registrations.js';

/** What the form sent, checked. */
export type RegistrationTyped = Readonly<Omit<Registrant, 'passwordHash'> & { password: string }>;

/** How a registration ended. `gone`: it is over, or nothing of it is left. */
export type Registered = Readonly<{ accountId: string; credentialId: string }> | 'taken' | 'abandoned' | 'gone';

/** How long the first page after a registration waits for what it reads. Milliseconds. */
const PATIENCE = 2_000;
const STEP = 50;

/** Registration: begun with the same work and answer whoever has the address, and completed by the mailed code or link. */
@Injectable()
export class Register {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(Registrations) private readonly registrations: Registrations,
    @Inject(Logins) private readonly logins: Logins,
    @Inject(AccountCreation) private readonly creation: AccountCreation,
    @Inject(PasswordHashes) private readonly hashes: Pick<PasswordHashes, 'hash' | 'verify'>,
    @Inject(Codes) private readonly codes: Pick<Codes, 'issue' | 'check'>,
    @Inject(Mails) private readonly mails: Pick<Mails, 'queue'>,
    @Inject(Throttle) private readonly throttle: Pick<Throttle, 'take'>,
  ) {}

  /** Seconds to wait when enough mails went to the address, else nothing. Throws `Busy`. */
  async begin(response: ServerResponse, typed: RegistrationTyped, { interaction, address }: Readonly<{ interaction: string; address: string }>): Promise<number | undefined> {
    const { password, ...person } = typed;
    for (const kind of ['register', 'mail'] as const) {
      const turn = await this.throttle.take(kind, { login: person.email, address });
      if (!turn.allowed) return turn.retryAfter;
    }
    const registrant = { ...person, passwordHash: await this.hashes.hash(password) };
    const { id, link } = await this.registrations.begin(response, registrant, interaction);
    await this.#mail(id, person.email, link);
    return undefined;
  }

  /** A new code and a new link; those before are dead. */
  async again({ id, registrant }: Registration, address: string): Promise<number | undefined> {
    if (!registrant) return undefined;
    const turn = await this.throttle.take('mail', { login: registrant.email, address });
    if (!turn.allowed) return turn.retryAfter;
    await this.#mail(id, registrant.email, await this.registrations.renewLink(id));
    return undefined;
  }

  /** Whether a code may be tried now, for this address and from this network; seconds to wait, when there were too many. */
  async turn({ registrant }: Registration, address: string): Promise<number | undefined> {
    const turn = await this.throttle.take('code', { ...(registrant ? { login: registrant.email } : {}), address });
    return turn.allowed ? undefined : turn.retryAfter;
  }

  /** By code, in the browser that began. Undefined: the code does not fit, which also is the answer for an address that was known before. */
  async byCode(registration: Registration, code: string): Promise<Registered | undefined> {
    if (registration.done) return 'gone';
    if (registration.confirmed) {
      if (!(await this.registrations.resume(registration.id))) return undefined;
    } else {
      if (!(await this.codes.check('register', registration.id, code))) return undefined;
      await this.registrations.confirm(registration.id);
    }
    return this.#complete(registration);
  }

  /** By link, wherever it was opened: whoever knows the password that was chosen is the one who began. Counted as a sign-in. */
  async byLink(registration: Registration, password: string, address: string): Promise<Registered | undefined | Readonly<{ wait: number }>> {
    const { registrant } = registration;
    if (!registrant) return 'gone';
    const turn = await this.throttle.take('sign-in', { login: registrant.email, address });
    if (!turn.allowed) return { wait: turn.retryAfter };
    return (await this.hashes.verify(registrant.passwordHash, password)) ? this.#complete(registration) : undefined;
  }

  async #complete({ id, accountId, registrant }: Registration): Promise<Registered> {
    if (!registrant) return 'gone';
    const made = await this.creation.make({ id, accountId, registrant, actor: accountId });
    if (!made.made) {
      await this.registrations.drop(id);
      return made.because;
    }
    await this.registrations.consume(id);
    await this.#settled(accountId, made.position);
    return { accountId, credentialId: made.credentialId };
  }

  /** A known address gets a code too, which nobody is told: every code fails alike there. */
  async #mail(id: string, to: string, link: string): Promise<void> {
    const code = await this.codes.issue('register', id);
    const { origin, brand } = this.ports.configuration;
    const known = await this.logins.find(to);
    // Both are written each time, so that the answer takes as long for a known address as for a free one.
    const letters = { free: registrationLetter({ brand, code, link: `${origin}/register/${link}` }), known: knownAddressLetter({ brand, link: `${origin}/account` }) };
    const letter = known === undefined ? letters.free : letters.known;
    await this.mails.queue({ to, ...letter });
  }

  /** Waits until the account can sign in and its claims are there; gives up in silence, for both come a moment later anyway. */
  async #settled(accountId: string, position: Position | undefined): Promise<void> {
    const until = performance.now() + timeToWait(PATIENCE);
    if (position !== undefined) await this.ports.waitFor(accounts.name, position, PATIENCE);
    while (performance.now() < until) {
      const { rowCount } = await this.ports.database.query('select 1 from authentication.claims_v1 where subject = $1 limit 1', [accountId]);
      if (rowCount > 0) return;
      await new Promise((resolve) => setTimeout(resolve, STEP));
    }
  }
}
