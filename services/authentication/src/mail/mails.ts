import { createHash, createHmac, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Tx } from '@symbolon/postgres';
import type { Ports } from '@symbolon/web';
import { canonicalEmail } from '../register/email-address.js';
import { PORTS } from '../tokens.js';
import { sealMail } from './sealed-mail.js';
import type { WaitingMail } from './sealed-mail.js';

/**
 * A mail to send. `dedupe`: of all that are queued with the same one, one is sent. `goodFor`: minutes after which what is in it is dead, and it is
 * given up rather than sent (a day, where nothing is said). `anybodys`: anybody who types an address can have it sent to an account.
 */
export type QueuedMail = WaitingMail & Readonly<{ dedupe?: string; goodFor?: number; anybodys?: boolean }>;

/** Stands for the account of an address that nobody has: a mail to it costs what any mail costs, and goes nowhere. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

const DAY = 24 * 60;
const LINE_ENDS = /[\r\n\u0085\u2028\u2029\0]/;

/** A UUID that belongs to the text, so that a repeat finds the row of the first time. */
const uuidOf = (text: string): string => createHash('sha256').update(`mail|${text}`).digest('hex').slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Mails on their way: rows sealed with the service's key, sent by the mail worker. */
@Injectable()
export class Mails {
  constructor(@Inject(PORTS) private readonly ports: Pick<Ports, 'configuration' | 'database' | 'vault'>) {}

  /** Part of `tx` when one is given. Throws on a line end in the receiver or the subject: those would be further headers. */
  async queue({ dedupe, goodFor = DAY, anybodys = false, ...mail }: QueuedMail, tx: Tx = this.ports.database): Promise<void> {
    if (('to' in mail && LINE_ENDS.test(mail.to)) || LINE_ENDS.test(mail.subject)) throw new Error('A line end in a header of a mail.');
    const id = dedupe === undefined ? randomUUID() : uuidOf(dedupe);
    const sealed = sealMail(this.ports.vault, id, mail);
    await tx.query(
      `insert into authentication.mails (id, sealed, lane, good_until, anybodys) values ($1, $2, $3, clock_timestamp() + make_interval(mins => $4), $5) on conflict (id) do nothing`,
      [id, sealed, this.#lane(mail), goodFor, anybodys],
    );
  }

  /** Whether a mail with this `dedupe` was queued already. */
  async isQueued(dedupe: string): Promise<boolean> {
    return (await this.ports.database.query('select 1 from authentication.mails where id = $1', [uuidOf(dedupe)])).rowCount > 0;
  }

  /** What keeps the order of one receiver's mails, and names nobody. */
  #lane(mail: WaitingMail): Buffer {
    const receiver = 'to' in mail ? `to ${canonicalEmail(mail.to) ?? mail.to}` : `account ${mail.account}`;
    return createHmac('sha256', this.ports.configuration.keys.pepper).update(`mail-lane|${receiver}`).digest();
  }
}
