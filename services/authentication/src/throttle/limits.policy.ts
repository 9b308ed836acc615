/** At most `count` in `seconds`; `inARow`: a hard stop after so many without a success (NIST SP 800-63B-4 section 3.2.2: at most 100). */
export type Limit = Readonly<{ count: number; seconds: number; inARow?: number }>;

/** What is counted: passwords (at a sign-in, behind a registration's link), mails that are asked for, mailed codes that are typed, secrets of applications. */
export type Kind = 'sign-in' | 'link' | 'register' | 'recover' | 'confirm' | 'register-code' | 'recovery-code' | 'confirm-code' | 'mailbox' | 'secret';

/**
 * What it is counted for.
 * - `network`: all that one network asks for, whomever it names;
 * - `here`: one login from one network;
 * - `login`: one login from everywhere;
 * - `known`: one login in a browser that it knows, counted instead of the other three, so that strangers do not lock the owner out.
 *
 * What `network`, `here` and `known` refuse is told, with the time to wait: it says nothing but what the asker did. What `login` refuses is never
 * told, for it counts what others do: the attempt goes on in vain, with the same work and the same answer as one that fails.
 */
export type Counted = 'network' | 'here' | 'login' | 'known';

const QUARTER = 15 * 60;
const HOUR = 60 * 60;
const ROW = 100;

/** Ten codes an hour. That of a sign-in is behind its password: no network is counted, where somebody with an account could use up the count of others. */
const behindPassword = { here: { count: 10, seconds: HOUR }, login: { count: 10, seconds: HOUR, inARow: ROW } } as const;
/** The others: their mailed link goes on when the codes are used up. */
const codes = { network: { count: 100, seconds: HOUR }, ...behindPassword } as const;

/**
 * Every limit there is. Mails are counted apart by what they rest on: `confirm` on a right password, `recover` and `register` on an address that
 * anybody can type. Their windows are as long as a mailed link for a new password is good (an hour, recoveries.ts): whoever is refused such a mail
 * has one whose link still works.
 */
export const limits: Readonly<Record<Kind, Readonly<Partial<Record<Counted, Limit>>>>> = {
  'sign-in': { network: { count: 100, seconds: QUARTER }, here: { count: 10, seconds: QUARTER }, login: { count: 10, seconds: QUARTER, inARow: ROW }, known: { count: 10, seconds: QUARTER, inARow: ROW } },
  link: { here: { count: 10, seconds: QUARTER }, login: { count: 10, seconds: QUARTER } },
  register: { network: { count: 60, seconds: HOUR }, here: { count: 3, seconds: HOUR }, login: { count: 6, seconds: HOUR } },
  recover: { network: { count: 60, seconds: HOUR }, here: { count: 3, seconds: HOUR }, login: { count: 6, seconds: HOUR }, known: { count: 3, seconds: HOUR } },
  confirm: { here: { count: 3, seconds: HOUR }, login: { count: 6, seconds: HOUR } },
  'register-code': codes,
  'recovery-code': { ...codes, known: { count: 10, seconds: HOUR, inARow: ROW } },
  'confirm-code': behindPassword,
  // Mails for a new password that really leave, to one mailbox under all its tags.
  mailbox: { login: { count: 12, seconds: HOUR } },
  // Of an application, from one address: 256 bits are not guessed, but nobody shall try for nothing.
  secret: { login: { count: 100, seconds: QUARTER } },
};

/** Kinds that count a mailbox and not an address: to each of its tags a mail would go. */
export const countsMailbox = (kind: Kind): boolean => kind === 'register' || kind === 'mailbox';

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
