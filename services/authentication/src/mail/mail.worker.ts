import type { Ports, Worker } from '@symbolon/web';
import { OverviewQuery } from '../account/overview.query.js';
import { Throttle } from '../throttle/throttle.js';
import { delivery } from './delivery.js';
import type { Deliver } from './delivery.js';
import { openWaitingMail, sealMail } from './sealed-mail.js';
import type { Mail, WaitingMail } from './sealed-mail.js';
import { numbersOf, Undeliverable } from './undeliverable.js';

type Needed = Pick<Ports, 'configuration' | 'database' | 'vault' | 'log' | 'woken'>;
type Row = { id: string; sealed: Buffer; attempts: number; anybodys: boolean };

/** How often an idle worker looks though nobody woke it. Milliseconds. */
const IDLE = 5_000;
const SWEEP = 15_000;
/** How long a process that ends waits for mails under way; those that take longer are another's in half a minute. */
const LEFT = 2_000;

/** Mails under way at once in one process. */
const AT_ONCE = 10;
/** So many of them are kept for mails that nobody tried yet: receivers that never answer hold up their own second attempts alone. */
const FOR_NEW = 6;

/**
 * Takes one row for longer than an attempt can last: whoever stops in between leaves it to the next. Of one receiver's mails only the first that waits:
 * their order stays, and nobody else's mail waits for them.
 */
const CLAIM = `
  update authentication.mails set attempts = attempts + 1, next_at = clock_timestamp() + interval '30 s'
  where id = (
    select id from authentication.mails m
    where done_at is null and next_at <= clock_timestamp() and good_until > clock_timestamp() and attempts < $1
      and not exists (select from authentication.mails e where e.lane = m.lane and e.seq < m.seq and e.done_at is null and e.good_until > clock_timestamp())
    order by attempts > 0, next_at, seq limit 1 for update skip locked)
  returning id, sealed, attempts, anybodys`;

const DONE = 'update authentication.mails set done_at = clock_timestamp(), sealed = null where id = $1 and done_at is null';

/** 5, 10, 20, 40 seconds and then each minute, for as long as what is in the mail is good; where that ends before, it is given up now. */
const AGAIN = `
  update authentication.mails set next_at = clock_timestamp() + wait, answer = $2,
    done_at = case when clock_timestamp() + wait >= good_until then clock_timestamp() end,
    sealed = case when clock_timestamp() + wait >= good_until then null else sealed end,
    given_up = case when clock_timestamp() + wait >= good_until then 'not_in_time' end
  from (select make_interval(secs => least(60, 5 * 2 ^ least(attempts - 1, 10))) as wait from authentication.mails where id = $1) w
  where id = $1 and done_at is null returning given_up`;

const GIVE_UP = 'update authentication.mails set done_at = clock_timestamp(), sealed = null, given_up = $2, answer = $3 where id = $1 and done_at is null';

/** A mail that nobody could send in its time is given up: a code that is dead helps nobody. */
const TOO_LATE = `
  update authentication.mails set done_at = clock_timestamp(), sealed = null, given_up = 'not_in_time' where done_at is null and good_until <= clock_timestamp() and (attempts = 0 or next_at <= clock_timestamp()) returning id, attempts`;
const FORGET = "delete from authentication.mails where done_at < clock_timestamp() - interval '7 days'";

const pause = (milliseconds: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => { clearTimeout(timer); signal.removeEventListener('abort', done); resolve(); };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });

/** Where a mail goes at last. The stored address is looked up here and not by the page that asked, which would tell by its work whether there is one. */
async function addressed(ports: Pick<Ports, 'database' | 'vault'>, mail: WaitingMail): Promise<Mail | undefined> {
  if ('to' in mail) return mail;
  const { account, ...rest } = mail;
  const to = await new OverviewQuery(ports).email(account);
  return to ? { to, ...rest } : undefined;
}

/** Mails that anybody can have sent are counted when they really leave, which who asks for them cannot see. */
async function leave(ports: Needed, { id, attempts, anybodys }: Row, mail: Mail, deliver: Deliver): Promise<void> {
  if (anybodys && attempts === 1 && !(await new Throttle(ports).take('mailbox', { login: mail.to })).allowed) throw new Undeliverable('mailbox_full');
  await deliver(id, mail, sealMail(ports.vault, id, mail));
}

/** A failure stays in the row. The log names the mail by its id and the server's answer by its numbers, never the receiver. */
async function failed({ database, log }: Needed, { id, attempts }: Row, error: unknown): Promise<void> {
  const { code } = error as { code?: string };
  if (error instanceof Undeliverable) {
    await database.query(GIVE_UP, [id, error.because, error.answer ?? null]);
    return log.warn({ mail: id, attempts, reason: error.because, answer: error.answer }, 'a mail is given up; symbolon mails list shows it');
  }
  const { rows } = await database.query<{ given_up: string | null }>(AGAIN, [id, numbersOf(error) ?? code ?? null]);
  const over = rows[0]?.given_up ?? undefined;
  log.warn({ mail: id, attempts, code, answer: numbersOf(error), ...(over === undefined ? {} : { reason: over }) }, over === undefined ? 'a mail could not be sent; it is tried again' : 'a mail is given up; symbolon mails list shows it');
}

/** `attemptsBelow`: only mails that were tried fewer times. */
async function claim({ database }: Needed, attemptsBelow = 2_000_000_000): Promise<Row | undefined> {
  return (await database.query<Row>(CLAIM, [attemptsBelow])).rows[0];
}

/** One attempt to send a mail that was claimed; one to nobody is dropped. */
async function attempt(ports: Needed, row: Row, deliver: Deliver): Promise<void> {
  try {
    const mail = await addressed(ports, openWaitingMail(ports.vault, row.id, row.sealed));
    if (mail) await leave(ports, row, mail, deliver);
  } catch (error) {
    return failed(ports, row, error);
  }
  await ports.database.query(DONE, [row.id]);
}

/** One mail, if there is one that may leave now. */
export async function sendNext(ports: Needed, deliver: Deliver): Promise<boolean> {
  const row = await claim(ports);
  if (row) await attempt(ports, row, deliver);
  return row !== undefined;
}

/** Gives up what is too late, and forgets what is a week old. */
export async function sweepMails({ database, log }: Pick<Ports, 'database' | 'log'>): Promise<void> {
  const { rows } = await database.query<{ id: string; attempts: number }>(TOO_LATE);
  for (const { id, attempts } of rows) log.warn({ mail: id, attempts, reason: 'not_in_time' }, 'a mail is given up; symbolon mails list shows it');
  await database.query(FORGET);
}

/** Sends what is queued, at least once each, several at once. Any number may run at the same time. */
export const mailWorker = (ports: Needed, deliver: Deliver = delivery(ports)): Worker => ({
  name: 'authentication.mails',
  async run(signal) {
    const underWay = new Map<Promise<void>, Row>();
    const start = (row: Row): void => {
      const work: Promise<void> = attempt(ports, row, deliver)
        .catch((error: unknown) => ports.log.warn({ mail: row.id, code: (error as { code?: string }).code }, 'what became of a mail could not be written down; it is tried again'))
        .finally(() => underWay.delete(work));
      underWay.set(work, row);
    };
    for (let swept = -SWEEP; !signal.aborted; ) {
      if (performance.now() - swept > SWEEP) {
        await sweepMails(ports);
        swept = performance.now();
      }
      const again = [...underWay.values()].filter(({ attempts }) => attempts > 1).length;
      const row = underWay.size < AT_ONCE ? await claim(ports, again < AT_ONCE - FOR_NEW ? undefined : 1) : undefined;
      if (row) start(row);
      // What waits behind a mail that is under way may leave when that is done.
      else await Promise.race([...underWay.keys(), ...(underWay.size < AT_ONCE ? [ports.woken('authentication.mails', IDLE, signal)] : [])]);
    }
    await Promise.race([Promise.all(underWay.keys()), pause(LEFT, new AbortController().signal)]);
  },
});
