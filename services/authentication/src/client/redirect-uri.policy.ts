/** Why an address may not be a redirect target; undefined: it may. Compared later as an exact string, so nothing is normalised here. */
export function redirectFault(uri: string): string | undefined {
  if (uri.length > 2_000) return 'is longer than 2,000 characters';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0020\u007f\\]/.test(uri)) return 'holds white space, a control character or a backslash';
  if (!URL.canParse(uri)) return 'is not an absolute address';
  const url = new URL(uri);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is neither https nor http';
  if (url.hash !== '' || uri.includes('#')) return 'has a fragment';
  if (url.username !== '' || url.password !== '' || /^https?:\/\/[^/?]*@/i.test(uri)) return 'holds a user name';
  if (url.hostname.includes('*')) return 'holds a wildcard';
  if (!/^(?:[\w.-]+|\[[\da-f:.]+\])$/i.test(url.hostname)) return 'holds a character that no host name has';
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return 'is http on a host that is not loopback: use https';
  return undefined;
}

const isLoopback = (hostname: string): boolean => hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
