import type { Database } from '@symbolon/postgres';
import type { Ports } from '@symbolon/web';
import type { Mail } from './sealed-mail.js';
import { sending } from './smtp.js';

/** Sends one mail; throws `Undeliverable` where another attempt is of no use, anything else where it is. `sealed`: as its row has it. */
export type Deliver = (id: string, mail: Mail, sealed: Buffer) => Promise<void>;

const KEPT = 200;

/** Keeps the mail for the person at this machine, still sealed. Newest two hundred. */
const catching = (database: Database): Deliver => async (id, _mail, sealed) => {
  await database.query('insert into authentication.caught_mails (id, sealed) values ($1, $2) on conflict (id) do nothing', [id, sealed]);
  await database.query(`delete from authentication.caught_mails where seq <= (select seq from authentication.caught_mails order by seq desc offset ${KEPT} limit 1)`);
};

/** How mails leave: over SMTP where it is configured, else they are caught. */
export const delivery = ({ configuration: { smtpUrl, mailFrom, origin }, database }: Pick<Ports, 'configuration' | 'database'>): Deliver =>
  smtpUrl === undefined ? catching(database) : sending({ smtpUrl, mailFrom, origin });
