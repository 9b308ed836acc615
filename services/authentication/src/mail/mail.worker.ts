import { createTransport } from 'nodemailer';
import type { Database } from '@symbolon/postgres';
import type { Ports, Worker } from '@symbolon/web';
import { OverviewQuery } from '../account/overview.query.js';
import { openWaitingMail, sealMail } from './sealed-mail.js';
import type { Mail, WaitingMail } from './sealed-mail.js';

type Row = { id: string; sealed: Buffer; attempts: number };
type Deliver = (id: string, mail: Mail, sealed: Buffer) => Promise<void>;

/** How often an idle worker looks though nobody woke it. Milliseconds. */
const IDLE = 5_000;
const SWEEP = 60_000;
const KEPT = 200;

/** Takes one row for a while that grows with every attempt: whoever stops in between leaves it to the next. */
const CLAIM = `
  update authentication.mails set attempts = attempts + 1, next_at = clock_timestamp() + make_interval(secs => least(3600, 30 * 2 ^ least(attempts, 10)))
  where id = (select id from authentication.mails where done_at is null and next_at <= clock_timestamp() order by next_at limit 1 for update skip locked)
  returning id, sealed, attempts`;

const DONE = 'update authentication.mails set done_at = clock_timestamp(), sealed = null where id = $1 and done_at is null';

/** A mail whose receiver could not be reached within a day is given up: its code is long dead. */
const GIVE_UP = "update authentication.mails set done_at = clock_timestamp(), sealed = null where done_at is null and queued_at < clock_timestamp() - interval '1 day'";
const FORGET = "delete from authentication.mails where done_at < clock_timestamp() - interval '7 days'";

/** Keeps the mail for the person at this machine, still sealed. Newest two hundred. */
const catching = (database: Database): Deliver => async (id, _mail, sealed) => {
  await database.query('insert into authentication.caught_mails (id, sealed) values ($1, $2) on conflict (id) do nothing', [id, sealed]);
  await database.query(`delete from authentication.caught_mails where seq <= (select seq from authentication.caught_mails order by seq desc offset ${KEPT} limit 1)`);
};

/** Over SMTP. The Message-ID is the row's, so that a mail which is sent twice is one mail to its receiver. */
function sending(smtpUrl: string, from: string, origin: string): Deliver {
  const transport = createTransport(smtpUrl, { from });
  return async (id, { to, subject, text, html }) => {
    const headers = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };
    await transport.sendMail({ to: { name: '', address: to }, subject, text, ...(html === undefined ? {} : { html }), messageId: `<${id}@${new URL(origin).hostname}>`, headers, disableFileAccess: true, disableUrlAccess: true });
  };
}

/** Where a mail goes at last. The stored address is looked up here and not by the page that asked, which would tell by its work whether there is one. */
async function addressed(ports: Pick<Ports, 'database' | 'vault'>, mail: WaitingMail): Promise<Mail | undefined> {
  if ('to' in mail) return mail;
  const { account, ...rest } = mail;
  const to = await new OverviewQuery(ports).email(account);
  return to ? { to, ...rest } : undefined;
}

/** One mail, if there is one; one to nobody is dropped. A failure stays in the row and the next attempt comes later; the log never says to whom. */
export async function sendNext({ database, vault, log }: Pick<Ports, 'database' | 'vault' | 'log'>, deliver: Deliver): Promise<boolean> {
  const { rows } = await database.query<Row>(CLAIM);
  const row = rows[0];
  if (!row) return false;
  try {
    const mail = await addressed({ database, vault }, openWaitingMail(vault, row.id, row.sealed));
    if (mail) await deliver(row.id, mail, sealMail(vault, row.id, mail));
  } catch (error) {
    log.warn({ mail: row.id, attempts: row.attempts, code: (error as { code?: string }).code }, 'a mail could not be sent; it is tried again');
    return true;
  }
  await database.query(DONE, [row.id]);
  return true;
}

/** How mails leave: over SMTP where it is configured, else they are caught. */
export const delivery = ({ configuration: { smtpUrl, mailFrom, origin }, database }: Pick<Ports, 'configuration' | 'database'>): Deliver =>
  smtpUrl === undefined ? catching(database) : sending(smtpUrl, mailFrom, origin);

/** Sends what is queued, at least once each. Any number may run at the same time. */
export const mailWorker = (ports: Pick<Ports, 'configuration' | 'database' | 'vault' | 'log' | 'woken'>): Worker => ({
  name: 'authentication.mails',
  async run(signal) {
    const deliver = delivery(ports);
    for (let swept = 0; !signal.aborted; ) {
      if (performance.now() - swept > SWEEP || swept === 0) {
        await ports.database.query(GIVE_UP);
        await ports.database.query(FORGET);
        swept = performance.now();
      }
      if (!(await sendNext(ports, deliver))) await ports.woken('authentication.mails', IDLE, signal);
    }
  },
});
