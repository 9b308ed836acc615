import { createTransport } from 'nodemailer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import SMTPTransport from 'nodemailer/lib/smtp-transport';
import type { Deliver } from './delivery.js';
import { isFinal, numbersOf, Undeliverable } from './undeliverable.js';

/** Where mails go, from whom, and the origin whose host names them. `milliseconds`: for connecting, greeting and sending together. */
export type SmtpSettings = Readonly<{ smtpUrl: string; mailFrom: string; origin: string; milliseconds?: number }>;

/** Ten seconds in all: the library's own limits are per step, and add up. */
const PATIENCE = 10_000;

/** Name and address apart, so that the library quotes the name: `Ann, Bob & Co. <id@example.com>` is one sender. */
export function senderOf(mailFrom: string): Readonly<{ name: string; address: string }> {
  const [, before = '', address = mailFrom] = /^(.*?)[\s<]*([^\s@<>]+@[^\s@<>]+)>?\s*$/.exec(mailFrom) ?? [];
  const name = before.trim();
  return { name: /^".*"$/.test(name) ? name.slice(1, -1).replaceAll(/\\(.)/g, '$1') : name, address };
}

/** Whether only a server with SMTPUTF8 can take the address: what stands before the `@` has no form in ASCII, unlike the domain. */
const needsSmtpUtf8 = (address: string): boolean => /[^\p{ASCII}]/u.test(address.slice(0, address.lastIndexOf('@')));

/** What the server says that it can do, in its answer to EHLO. */
function greeted(options: SMTPTransport['options'], signal: AbortSignal): Promise<string> {
  const connection = new SMTPConnection(options);
  return new Promise<string>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    connection.once('error', reject);
    connection.connect((error) => (error ? reject(error) : resolve(String(connection.lastServerResponse))));
  }).finally(() => connection.close());
}

/**
 * Over SMTP, a connection for each mail, closed when the time is over. The Message-ID is the row's, so that a mail which is sent twice is one mail
 * to its receiver. An address that the server cannot take is not sent in another form: it could be somebody else's.
 */
export function sending({ smtpUrl, mailFrom, origin, milliseconds = PATIENCE }: SmtpSettings): Deliver {
  const { options } = new SMTPTransport({ url: smtpUrl, connectionTimeout: milliseconds, greetingTimeout: milliseconds, socketTimeout: milliseconds, dnsTimeout: milliseconds, socketCloseTimeout: 0 });
  const transport = createTransport(options);
  const [from, host] = [senderOf(mailFrom), new URL(origin).hostname];
  const headers = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };
  return async (id, { to, subject, text, html }) => {
    const signal = AbortSignal.timeout(milliseconds);
    try {
      if (needsSmtpUtf8(to) && !/^250[ -]SMTPUTF8\b/im.test(await greeted(options, signal))) throw new Undeliverable('needs_smtputf8');
      await transport.sendMail({ from, to: { name: '', address: to }, subject, text, ...(html === undefined ? {} : { html }), messageId: `<${id}@${host}>`, headers, disableFileAccess: true, disableUrlAccess: true, signal });
    } catch (error) {
      if (isFinal(error)) throw new Undeliverable('refused', numbersOf(error), { cause: error });
      throw signal.aborted ? Object.assign(new Error('a mail took too long', { cause: error }), { code: 'ETIMEDOUT' }) : error;
    }
  };
}
