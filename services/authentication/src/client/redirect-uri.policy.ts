/** Where an application runs: at a server or in a browser, or installed on the device of its user (RFC 8252). */
export type ApplicationType = 'web' | 'native';

/** Empty: registered before there were two kinds. */
export const applicationType = (registered: string): ApplicationType => (registered === 'native' ? 'native' : 'web');

/** Why an address may not be a redirect target; undefined: it may. Compared later as an exact string, so nothing is normalised here. */
export function redirectFault(uri: string, type: ApplicationType = 'web'): string | undefined {
  if (uri.length > 2_000) return 'is longer than 2,000 characters';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0020\u007f\\]/.test(uri)) return 'holds white space, a control character or a backslash';
  if (!URL.canParse(uri)) return 'is not an absolute address';
  const url = new URL(uri);
  if (url.hash !== '' || uri.includes('#')) return 'has a fragment';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return type === 'native' ? schemeFault(url) : 'is neither https nor http';
  if (url.username !== '' || url.password !== '' || /^https?:\/\/[^/?]*@/i.test(uri)) return 'holds a user name';
  if (url.hostname.includes('*')) return 'holds a wildcard';
  if (!/^(?:[\w.-]+|\[[\da-f:.]+\])$/i.test(url.hostname)) return 'holds a character that no host name has';
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return 'is http on a host that is not loopback: use https';
  if (type === 'native' && url.protocol === 'https:' && isLoopback(url.hostname)) return 'is https on loopback: an installed application listens with http there';
  return undefined;
}

/** RFC 8252 section 7.1: a scheme of one's own is a domain of one's own, backwards. What has no dot belongs to everybody, and some of it runs as a script. */
function schemeFault({ protocol, host }: URL): string | undefined {
  if (!/^[a-z][a-z0-9+-]*(\.[a-z0-9][a-z0-9+-]*)+:$/.test(protocol)) return 'has a scheme without a dot: use a domain of yours backwards, as in com.example.app:/callback';
  return host === '' ? undefined : 'names a host after a scheme of its own: write one slash, as in com.example.app:/callback';
}

const isLoopback = (hostname: string): boolean => hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);

/** An address at a loopback IP without its port; undefined: it is none. `localhost` may lead elsewhere (RFC 8252 section 8.3), so there the port counts. */
function portless(uri: string): string | undefined {
  const [, host, rest] = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::\d{1,5})?([/?].*)?$/.exec(uri) ?? [];
  return host === undefined ? undefined : `http://${host}${rest ?? ''}`;
}

/** Whether an answer may go to this address: exactly a registered one; an installed application listens at whatever port is free (RFC 8252 section 7.3). */
export function mayReturnTo(uri: unknown, registered: readonly string[], type: ApplicationType): boolean {
  if (typeof uri !== 'string') return false;
  if (registered.includes(uri)) return true;
  const asked = type === 'native' && redirectFault(uri, type) === undefined ? portless(uri) : undefined;
  return asked !== undefined && registered.some((one) => portless(one) === asked);
}
