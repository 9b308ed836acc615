/** Domains of one provider whose mailboxes ignore dots, with the name that stands for all of them. */
const DOTLESS: Readonly<Record<string, string>> = { 'gmail.com': 'gmail.com', 'googlemail.com': 'gmail.com' };

/**
 * The mailbox that an address most likely leads to: without its tag after `+`, and without dots where the provider is known to ignore them. Only
 * for counting, never to tell who somebody is: `ann+shop@example.com` may be another person than `ann@example.com`, and then both share a count.
 * Not recognised: other providers' tags (`ann-shop@`), sub-domains as tags, and mailboxes that take every address of a domain.
 */
export function mailboxOf(canonical: string): string {
  const at = canonical.lastIndexOf('@');
  const [local, domain] = [canonical.slice(0, at), canonical.slice(at + 1)];
  const untagged = local.replace(/(?<=.)\+.*$/su, '');
  const provider = DOTLESS[domain];
  return at < 1 ? canonical : provider === undefined ? `${untagged}@${domain}` : `${untagged.replaceAll('.', '')}@${provider}`;
}
