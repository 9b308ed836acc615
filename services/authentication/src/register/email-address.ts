import { domainToASCII } from 'node:url';

/** An address as it is shown and mailed to, and the form under which it is unique. */
export type Email = Readonly<{ address: string; canonical: string }>;

const BYTES = 254;
const LOCAL_BYTES = 64;
const ATOM = "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+";
const LOCAL = new RegExp(`^${ATOM}(\\.${ATOM})*$`, 'u');
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;
/** Control characters, line ends, and characters that nobody sees. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]|\p{Default_Ignorable_Code_Point}/u;
/** Only these may stand in a domain as it is typed: it is never decoded in another way. */
const DOMAIN_TYPED = /^[\p{L}\p{M}\p{N}.-]+$/u;

/** What relays rewrite, or read as something else than a mailbox: routes (`%`, `!`), encoded words (`=?…?=`), and options of programs (a first `-`). */
const REWRITTEN = /^-|[%!]|=\?/;

const bytes = (text: string): number => Buffer.byteLength(text);

/**
 * Exactly one address, or undefined. Read strictly, after Unicode NFKC, so that what looks like `@`, `,` or `"` is that:
 * - one `@`; a local part of atoms and dots, never quoted; a domain of at least two labels, the last one not a number, no dot at its end;
 * - nothing before the `@` that a relay on the way would rewrite, so that the mail goes to somebody else: `%`, `!`, `=?`, a first `-`;
 * - no spaces inside, no control, invisible or line-ending characters anywhere; at most 64 bytes before the `@` and 254 in all.
 *
 * Canonical form: NFKC, lower case (without the rules of any one language), the domain in its ASCII form. Therefore equal: cases, full-width
 * letters, composed and decomposed accents, `ü.example` and its `xn--` form. Therefore different: `ß` and `ss`, `ı` and `i`, letters of other scripts that
 * look alike, tags after `+`, and dots before the `@`: those may be the mailboxes of two people.
 */
export function parseEmail(typed: string): Email | undefined {
  if (typed.length > BYTES * 2 || HIDDEN.test(typed)) return undefined;
  const address = typed.normalize('NFKC').replace(/^ +| +$/g, '');
  const at = address.indexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  if (at < 1 || HIDDEN.test(address) || !LOCAL.test(local) || REWRITTEN.test(local) || !DOMAIN_TYPED.test(domain)) return undefined;
  const host = domainToASCII(domain.toLowerCase());
  const canonical = `${local.toLowerCase().normalize('NFKC')}@${host}`;
  if (!DOMAIN.test(host) || bytes(local) > LOCAL_BYTES || bytes(address) > BYTES || bytes(canonical) > BYTES) return undefined;
  return { address, canonical };
}

/** Whether this is refused only because a relay might send its mail to somebody else. */
export const isRewritten = (typed: string): boolean => {
  const local = typed.normalize('NFKC').trim().split('@', 1)[0] ?? '';
  return REWRITTEN.test(local) && parseEmail(typed) === undefined;
};

/** The form under which an address is unique, counted and found; undefined: it is none. */
export const canonicalEmail = (typed: string): string | undefined => parseEmail(typed)?.canonical;
