/**
 * Why a mail that was given up will not arrive: the server's answer was final; it takes no such address (RFC 6531); nothing was reached while what is in
 * the mail was good; its mailbox got enough of the kind in this hour.
 */
export type GivenUp = 'refused' | 'needs_smtputf8' | 'not_in_time' | 'mailbox_full';

/** No attempt can deliver this mail. `answer`: what the mail server said, its numbers only, for its words may hold the address. */
export class Undeliverable extends Error {
  constructor(
    readonly because: GivenUp,
    readonly answer?: string,
    options?: ErrorOptions,
  ) {
    super(`a mail cannot be delivered: ${because}`, options);
  }
}

/** What we look at in an error of the SMTP library; `command` is what the server answered to. */
type SmtpError = Readonly<{ command?: string; response?: string; responseCode?: number }>;

/** The numbers of an answer, such as `550 5.1.1` (RFC 3463). */
export function numbersOf(error: unknown): string | undefined {
  const { response = '', responseCode } = error as SmtpError;
  const [, code = responseCode === undefined ? undefined : String(responseCode), enhanced] = /^(\d{3})(?:[ -](\d\.\d{1,3}\.\d{1,3})(?!\S))?/.exec(response) ?? [];
  return code !== undefined && enhanced !== undefined ? `${code} ${enhanced}` : code;
}

/**
 * Whether a server's answer ends the mail (5yz, RFC 5321 section 4.2.1). Only where it is about this mail: an answer to the greeting, to STARTTLS or to
 * the password is about the server that the operator named, and may be mended while the mail waits.
 */
export function isFinal(error: unknown): boolean {
  const { responseCode = 0, command = '' } = error as SmtpError;
  return responseCode >= 500 && responseCode < 600 && /^(MAIL FROM|RCPT TO|DATA)/.test(command);
}
