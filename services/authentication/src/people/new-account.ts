import { Inject, Injectable } from '@nestjs/common';
import { uuidv5 } from '@symbolon/event-sourcing';
import type { Position } from '@symbolon/event-sourcing';
import { newId, requestDigest } from '@symbolon/web';
import type { CommandIdentity, Ports } from '@symbolon/web';
import { accounts } from '../accounts.projection.js';
import { text } from '../page/index.js';
import { PasswordHashes } from '../password/password-hashes.js';
import { passwordFault } from '../password/password-rules.js';
import { AccountCreation } from '../register/create-account.js';
import { PORTS } from '../tokens.js';
import { checkedNames, refusedFields } from './account-description.js';
import type { CreateInput } from './account-description.js';

/** `seen`: it can sign in with the next request. */
export type Created = Readonly<{ accountId: string; position: Position | undefined; seen: boolean }> | 'taken' | 'abandoned';

/** Makes accounts that nobody registers: for people whom an operator brings along. */
@Injectable()
export class NewAccount {
  constructor(
    @Inject(PORTS) private readonly ports: Pick<Ports, 'configuration' | 'waitFor'>,
    @Inject(AccountCreation) private readonly creation: AccountCreation,
    @Inject(PasswordHashes) private readonly hashes: Pick<PasswordHashes, 'hash'>,
  ) {}

  /** The same command again makes nothing more. Throws a 422 that names each field, `Busy` and `Unavailable`. */
  async make(asked: CreateInput, command: CommandIdentity, actor: string): Promise<Created> {
    checkedNames(asked);
    this.#checkedPassword(asked);
    const { password, email, locale } = asked;
    const registrant = {
      email,
      firstName: asked.firstName.trim(),
      lastName: asked.lastName.trim(),
      locale,
      // Nobody knows this one: the owner chooses another by the mailed link.
      passwordHash: await this.hashes.hash(password ?? newId() + newId()),
    };
    const accountId = uuidv5(command.id, 'account');
    // A digest that is kept with the event must not hold a password, by which it could be guessed.
    const request = command.request === undefined ? undefined : requestDigest({ ...asked, password: password !== undefined }, this.ports.configuration.keys.pepper);
    const made = await this.creation.make({ id: command.id, accountId, registrant, actor, ...(request === undefined ? {} : { request }) });
    if (!made.made) return made.because;
    return { accountId, position: made.position, seen: made.position === undefined || (await this.ports.waitFor(accounts.name, made.position)) };
  }

  #checkedPassword({ password, email, firstName, lastName }: CreateInput): void {
    if (password === undefined) return;
    const { passwordMinimum: minimum, brand } = this.ports.configuration;
    const fault = passwordFault(password, { minimum, context: [email, firstName, lastName, brand.name] });
    if (fault) throw refusedFields([{ field: 'password', rule: fault, message: text(`password.${fault}`, { minimum }) }]);
  }
}
