/** At most `count` in `seconds`; `inARow`: a hard stop after so many without a success (NIST SP 800-63B-4 section 3.2.2: at most 100). */
export type Limit = Readonly<{ count: number; seconds: number; inARow?: number }>;

/** What is counted. */
export type Kind = 'sign-in' | 'register' | 'recover' | 'code' | 'mail' | 'secret';
/** What it is counted for. `known`: a device that signed in to this account before, counted apart, so that a stranger's guesses do not lock its owner out. */
export type Counted = 'login' | 'known' | 'address';

const QUARTER = 15 * 60;
const HOUR = 60 * 60;

/**
 * Every limit there is. `code` has no hard stop and ends with its hour: strangers can use up an address's tries, never for good. Meanwhile the mailed
 * link goes on, and the codes of a sign-in are counted apart, for the account, behind its password.
 */
export const limits: Readonly<Record<Kind, Readonly<Partial<Record<Counted, Limit>>>>> = {
  'sign-in': { login: { count: 10, seconds: QUARTER, inARow: 100 }, known: { count: 10, seconds: QUARTER, inARow: 100 }, address: { count: 100, seconds: QUARTER } },
  register: { address: { count: 60, seconds: HOUR } },
  recover: { login: { count: 10, seconds: HOUR }, address: { count: 60, seconds: HOUR } },
  code: { login: { count: 10, seconds: HOUR }, address: { count: 100, seconds: HOUR } },
  // Of an application, from one address: 256 bits are not guessed, but nobody shall try for nothing.
  secret: { login: { count: 100, seconds: QUARTER } },
  mail: { login: { count: 3, seconds: HOUR }, address: { count: 100, seconds: HOUR } },
};

/** An IPv4 address, also when it is written as IPv6 (`::ffff:192.0.2.1`). */
const IPV4 = /^(?:::ffff:)?(\d+)\.(\d+)\.(\d+)\.\d+$/i;

/** A network rather than one machine: /24 of IPv4, /64 of IPv6 (an IPv4 address in IPv6 form counts as IPv4). */
export function prefixOf(address: string): string {
  const four = IPV4.exec(address);
  if (four) return `${four[1]}.${four[2]}.${four[3]}`;
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, '')).join(':');
}

/** Whether an address says who is there. Loopback does not: it is the person at this machine, or everybody behind a proxy that was not made known. */
export const isCounted = (address: string): boolean => address !== '::1' && IPV4.exec(address)?.[1] !== '127';
