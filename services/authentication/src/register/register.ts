import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { timeToWait, Unavailable, withoutDeadline } from '@symbolon/event-sourcing';
import type { Position } from '@symbolon/event-sourcing';
import type { Ports } from '@symbolon/web';
import { accounts } from '../accounts.projection.js';
import { Codes } from '../code/codes.js';
import { knownAddressLetter, registrationLetter } from '../mail/letters.js';
import { Mails, NOBODY } from '../mail/mails.js';
import { PasswordHashes } from '../password/password-hashes.js';
import { Throttle, toldWait } from '../throttle/throttle.js';
import type { Turn } from '../throttle/throttle.js';
import { PORTS } from '../tokens.js';
import { visitHash } from '../session/visit-hash.js';
import { AccountCreation } from './create-account.js';
import { Logins } from './logins.js';
import { REGISTRATION_MINUTES, Registrations } from './registrations.js';
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
    @Inject(Throttle) private readonly throttle: Pick<Throttle, 'take' | 'succeeded'>,
  ) {}

  /** Seconds to wait when enough mails went to the address, else nothing. Throws `Busy`. */
  async begin(response: ServerResponse, typed: RegistrationTyped, { interaction, address }: Readonly<{ interaction: string; address: string }>): Promise<number | undefined> {
    const { password, ...person } = typed;
    const turn = await this.throttle.take('register', { login: person.email, address, visit: visitHash(interaction) });
    const wait = toldWait(turn);
    if (wait !== undefined) return wait;
    const registrant = { ...person, passwordHash: await this.hashes.hash(password) };
    const { id, link } = await this.registrations.begin(response, registrant, interaction);
    await this.#mail({ id, to: person.email, link, held: !turn.allowed });
    return undefined;
  }

  /** A new code and a new link; those before are dead, unless no mail may leave: then they stay good. */
  async again({ id, visit, registrant }: Registration, address: string): Promise<number | undefined> {
    if (!registrant) return undefined;
    const turn = await this.throttle.take('register', { login: registrant.email, address, visit });
    const wait = toldWait(turn);
    if (wait !== undefined) return wait;
    const link = await this.registrations.renewLink(turn.allowed ? id : randomUUID());
    await this.#mail({ id, to: registrant.email, link, held: !turn.allowed });
    return undefined;
  }

  /** Whether a code may be tried now, for this address and from this network. */
  async turn({ registrant }: Registration, address: string): Promise<Turn> {
    return this.throttle.take('register-code', { ...(registrant ? { login: registrant.email } : {}), address });
  }

  /** By code, in the browser that began. Undefined: the code does not fit, which also is the answer for an address that was known before. `held`: too many others were tried, so that none fits. */
  async byCode(registration: Registration, code: string, { held = false, address }: Readonly<{ held?: boolean; address?: string }> = {}): Promise<Registered | undefined> {
    const { id } = registration;
    if (registration.done) return 'gone';
    if (!registration.confirmed && !(await this.registrations.confirm(id, (tx) => this.codes.check('register', held ? randomUUID() : id, code, tx)))) return undefined;
    // By the link it may be complete by now: the repeat finds the same account.
    if (!(await this.registrations.take(id)) && !(await this.registrations.isDone(id))) throw new Unavailable('a registration that is being completed');
    try {
      return await this.#complete(registration, address);
    } catch (error) {
      await withoutDeadline(() => this.registrations.release(id)).catch(() => undefined); // it lapses by itself
      throw error;
    }
  }

  /** By link, wherever it was opened: whoever knows the password that was chosen is the one who began. Counted for this registration alone: only who has the mail can try here. */
  async byLink(registration: Registration, password: string, address: string): Promise<Registered | undefined | Readonly<{ wait: number }>> {
    const { registrant } = registration;
    if (!registrant) return 'gone';
    const turn = await this.throttle.take('link', { login: registration.id, address });
    const wait = toldWait(turn);
    if (wait !== undefined) return { wait };
    return (await this.hashes.verify(registrant.passwordHash, password)) && turn.allowed ? this.#complete(registration, address) : undefined;
  }

  /** Whoever comes here has the mail: wrong codes of strangers are in a row no longer. */
  async #complete({ id, accountId, registrant }: Registration, address: string | undefined): Promise<Registered> {
    if (!registrant) return 'gone';
    await this.throttle.succeeded('register-code', { login: registrant.email, ...(address === undefined ? {} : { address }) });
    const made = await this.creation.make({ id, accountId, registrant, actor: accountId });
    if (!made.made) {
      await this.registrations.drop(id);
      return made.because;
    }
    await this.registrations.consume(id);
    await this.#settled(accountId, made.position);
    return { accountId, credentialId: made.credentialId };
  }

  /** A known address gets a code too, which nobody is told: every code fails alike there. `held`: the same work, and no mail; the code is of nothing. */
  async #mail({ id, to, link, held }: Readonly<{ id: string; to: string; link: string; held: boolean }>): Promise<void> {
    const code = await this.codes.issue('register', held ? randomUUID() : id);
    const { origin, brand } = this.ports.configuration;
    const known = await this.logins.find(to);
    // Both are written each time, so that the answer takes as long for a known address as for a free one.
    const letters = { free: registrationLetter({ brand, code, link: `${origin}/register/${link}` }), known: knownAddressLetter({ brand, link: `${origin}/account` }) };
    const letter = known === undefined ? letters.free : letters.known;
    await this.mails.queue({ ...(held ? { account: NOBODY } : { to }), ...letter, goodFor: REGISTRATION_MINUTES });
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
