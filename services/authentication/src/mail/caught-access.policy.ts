/** Whether a host name, or the address of a peer, can only be this machine. */
const isLoopback = (host: string): boolean => /^(localhost|.+\.localhost|\[?::1\]?|(::ffff:)?127(\.\d{1,3}){3})$/i.test(host);

/** What a proxy writes of the request that it passes on (RFC 7239, RFC 9110 section 7.6.3, and the older headers). */
const FORWARDS = /^(?:x-forwarded(?:-.+)?|x-real-ip|forwarded|via)$/i;

/** Whether somebody passed a request on: a proxy on this machine may do so for anybody. `rawHeaders`: as they came, before anything dropped one. */
export const isForwarded = (rawHeaders: readonly string[]): boolean => rawHeaders.some((name, index) => index % 2 === 0 && FORWARDS.test(name));

/** What decides it. `peers`: the connection's own, and the one that trusted proxies name. */
export type CaughtAccess = Readonly<{ issuer: string; smtpUrl: string | undefined; peers: readonly (string | undefined)[]; rawHeaders: readonly string[] }>;

/** Caught mails hold codes: only where nobody else can be, and nothing is sent for real. */
export const mayReadCaught = ({ issuer, smtpUrl, peers, rawHeaders }: CaughtAccess): boolean =>
  smtpUrl === undefined && !isForwarded(rawHeaders) && URL.canParse(issuer) && isLoopback(new URL(issuer).hostname) && peers.length > 0 && peers.every((peer) => peer !== undefined && isLoopback(peer));
