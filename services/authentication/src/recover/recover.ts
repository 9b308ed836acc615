import type { ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import { Codes } from '../code/codes.js';
import { Mails } from '../mail/mails.js';
import { Logins } from '../register/logins.js';
import { AccountsQuery } from '../sign-in/accounts.query.js';
import { Throttle } from '../throttle/throttle.js';
import { PORTS } from '../tokens.js';
import { Recoveries } from './recoveries.js';
import { recoverByStaffMail, recoverMail } from './recover.mail.js';

/** Who asks for a new password: the address that was typed, at which visit, from which network. */
export type Forgotten = Readonly<{ address: string; interaction: string; ip: string }>;

/** Stands for the account of an address that nobody has. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

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
  ) {}

  /** Seconds to wait, when there were too many; else the browser is bound to a new recovery, and the one before it is dead to it. */
  async begin(response: ServerResponse, { address, interaction, ip }: Forgotten): Promise<number | undefined> {
    const wait = await this.#turn(address, ip);
    if (wait !== undefined) return wait;
    const account = await this.accounts.byId((await this.logins.find(address)) ?? NOBODY);
    const known = account && !account.disabled ? account : undefined;
    const { recovery, link } = await this.recoveries.begin(response, { address, interaction, ...(known ? { accountId: known.accountId } : {}) });
    const code = await this.codes.issue('recovery', recovery.id);
    const { brand, origin } = this.ports.configuration;
    await this.mails.queue({ account: known?.accountId ?? NOBODY, ...recoverMail(brand, code, `${origin}/recover/${link}`) });
    return undefined;
  }
  /** For an account that is known, by staff: its owner gets a link for half an hour. Counted like a visit's. `once`: of all with the same one, one is mailed. Seconds to wait, when there were too many. */
  async forOwner({ accountId, address, ip, once }: Readonly<{ accountId: string; address: string; ip: string; once: string }>): Promise<number | undefined> {
    const wait = await this.#turn(address, ip);
    if (wait !== undefined) return wait;
    const { link } = await this.recoveries.begin(undefined, { address, accountId });
    const { brand, origin } = this.ports.configuration;
    await this.mails.queue({ account: accountId, dedupe: `recovery ${once}`, ...recoverByStaffMail(brand, `${origin}/recover/${link}`) });
    return undefined;
  }

  async #turn(address: string, ip: string): Promise<number | undefined> {
    for (const kind of ['recover', 'mail'] as const) {
      const turn = await this.throttle.take(kind, { login: address, address: ip });
      if (!turn.allowed) return turn.retryAfter;
    }
    return undefined;
  }
}
