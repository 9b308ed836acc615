/** Whether a host name, or the address of a peer, can only be this machine. */
const isLoopback = (host: string): boolean => /^(localhost|.+\.localhost|\[?::1\]?|(::ffff:)?127(\.\d{1,3}){3})$/i.test(host);

/** What decides it. `peers`: the connection's own, and the one that trusted proxies name. */
export type CaughtAccess = Readonly<{ issuer: string; smtpUrl: string | undefined; peers: readonly (string | undefined)[] }>;

/** Caught mails hold codes: only where nobody else can be, and nothing is sent for real. */
export const mayReadCaught = ({ issuer, smtpUrl, peers }: CaughtAccess): boolean =>
  smtpUrl === undefined && URL.canParse(issuer) && isLoopback(new URL(issuer).hostname) && peers.length > 0 && peers.every((peer) => peer !== undefined && isLoopback(peer));
