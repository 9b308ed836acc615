import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import { Codes } from '../code/codes.js';
import { Devices } from '../device/devices.js';
import { Mails, NOBODY } from '../mail/mails.js';
import { Logins } from '../register/logins.js';
import { AccountsQuery } from '../sign-in/accounts.query.js';
import { Throttle, toldWait } from '../throttle/throttle.js';
import type { Who } from '../throttle/throttle.js';
import { PORTS } from '../tokens.js';
import { RECOVERY_MINUTES, Recoveries } from './recoveries.js';
import type { Recovery } from './recoveries.js';
import { recoverByStaffMail, recoverMail } from './recover.mail.js';

/** Who asks for a new password: the address that was typed, at which visit, in which browser, from which network. */
export type Forgotten = Readonly<{ address: string; interaction: string; request: IncomingMessage; ip: string }>;

/** What staff is told to wait where others used up what an address gets in an hour. Seconds. */
const AN_HOUR = 3_600;

/** Begins a recovery with the same work whether or not somebody has the address: turns, rows and a mail, which the worker finds to be nobody's. */
@Injectable()
export class Recover {
  constructor(
    @Inject(PORTS) private readonly ports: Pick<Ports, 'configuration'>,
    @Inject(Recoveries) private readonly recoveries: Recoveries,
    @Inject(Logins) private readonly logins: Logins,
    @Inject(AccountsQuery) private readonly accounts: AccountsQuery,
    @Inject(Codes) private readonly codes: Codes,
    @Inject(Mails) private readonly mails: Mails,
    @Inject(Throttle) private readonly throttle: Throttle,
    @Inject(Devices) private readonly devices: Devices,
  ) {}

  /**
   * Seconds to wait, when there were too many from here; else the browser is bound to a new recovery, and the one before it is dead to it. Where others
   * asked too often, no mail leaves and nobody is told: those that left within the hour hold links that are good.
   */
  async begin(response: ServerResponse, { address, interaction, request, ip }: Forgotten): Promise<number | undefined> {
    const account = await this.accounts.byId((await this.logins.find(address)) ?? NOBODY);
    const turn = await this.throttle.take('recover', { ...(await this.#who({ address, accountId: account?.accountId, request, ip })), visit: interaction });
    const wait = toldWait(turn);
    if (wait !== undefined) return wait;
    const known = turn.allowed && account && !account.disabled ? account : undefined;
    const { recovery, link } = await this.recoveries.begin(response, { address, interaction, ...(known ? { accountId: known.accountId } : {}) });
    const code = await this.codes.issue('recovery', recovery.id);
    const { brand, origin } = this.ports.configuration;
    await this.mails.queue({ account: known?.accountId ?? NOBODY, ...recoverMail(brand, code, `${origin}/recover/${link}`), goodFor: RECOVERY_MINUTES, anybodys: true });
    return undefined;
  }

  /**
   * For an account that is known, by staff: its owner gets a link for an hour. Counted like a visit's. `once`: of all with the same one, one is mailed.
   * Seconds to wait, when there were too many: staff is told also of those that others asked for.
   */
  async forOwner({ accountId, address, ip, once }: Readonly<{ accountId: string; address: string; ip: string; once: string }>): Promise<number | undefined> {
    const dedupe = `recovery ${once}`;
    if (await this.mails.isQueued(dedupe)) return undefined;
    const turn = await this.throttle.take('recover', { login: address, address: ip });
    if (!turn.allowed) return turn.retryAfter ?? AN_HOUR;
    const { link } = await this.recoveries.begin(undefined, { address, accountId });
    const { brand, origin } = this.ports.configuration;
    await this.mails.queue({ account: accountId, dedupe, ...recoverByStaffMail(brand, `${origin}/recover/${link}`), goodFor: RECOVERY_MINUTES, anybodys: true });
    return undefined;
  }

  /** Whether the code is right: seconds to wait where too many were tried from here. Where others tried too many none is, and the mailed link goes on. */
  async check({ id, address, accountId }: Recovery, code: string, { request, ip }: Pick<Forgotten, 'request' | 'ip'>): Promise<boolean | Readonly<{ wait: number }>> {
    const who = await this.#who({ address, accountId, request, ip });
    const turn = await this.throttle.take('recovery-code', who);
    const wait = toldWait(turn);
    if (wait !== undefined) return { wait };
    const right = (await this.codes.check('recovery', turn.allowed ? id : NOBODY, code)) && accountId !== undefined;
    if (right) await this.throttle.succeeded('recovery-code', who);
    return right;
  }

  /** A browser that is known to the account is counted apart from strangers. */
  async #who({ address, accountId, request, ip }: Pick<Forgotten, 'address' | 'request' | 'ip'> & Readonly<{ accountId: string | undefined }>): Promise<Who> {
    const known = await this.devices.knows(request, accountId ?? NOBODY);
    return { login: address, address: ip, ...(known ? { device: this.devices.of(request) } : {}) };
  }
}
