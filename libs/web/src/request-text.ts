import { isUtf8 } from 'node:buffer';
import { FAULTS, textFault } from '@symbolon/event-sourcing';
import type { TextFault, TextRule } from '@symbolon/event-sourcing';

/** What is wrong with a request as a whole: with its sentence, and the status that says so (RFC 9110 section 15.5, RFC 6585 section 5). */
const WHOLE = {
  not_utf8: [400, 'This is not UTF-8; send well-formed UTF-8.'],
  not_http: [400, 'This is no request of HTTP/1.1; send one.'],
  headers_too_long: [431, 'The address and the headers are longer than 16 KiB together; send less, or the rest in a body.'],
  not_found: [404, 'There is nothing at this address; check it.'],
  too_large: [413, 'The request is too large; send less than 128 KiB.'],
  failed: [500, 'Something went wrong on our side; try again.'],
  too_slow: [408, 'The request did not arrive within its time; send it again, faster.'],
} as const;

/** What is wrong with one part of a request: its name (empty: the address itself, or a name that cannot be shown), and why it cannot be kept. */
export type RequestFault = Readonly<{ field: string; fault: TextFault | keyof typeof WHOLE }>;

const whole = (fault: RequestFault['fault']) => (WHOLE as Readonly<Record<string, readonly [status: number, sentence: string]>>)[fault];

/** A fault as a sentence with the way out. */
export const sentenceOf = ({ fault }: Pick<RequestFault, 'fault'>): string => whole(fault)?.[1] ?? `This ${FAULTS[fault as TextFault]}.`;

/** The status with which a fault is answered. */
export const statusOfFault = ({ fault }: Pick<RequestFault, 'fault'>): number => whole(fault)?.[0] ?? 400;

/** The path and the query of a request target as it came, before anything decodes it. */
export function targetFault(target: string, rule: TextRule): RequestFault | undefined {
  const [path, query] = split(target, '?');
  return partFault('', path, rule) ?? (query === undefined ? undefined : pairsFault(query, rule));
}

/** A body of `application/x-www-form-urlencoded`, as bytes. */
export const formFault = (body: Uint8Array, rule: TextRule): RequestFault | undefined => pairsFault(Buffer.from(body).toString('latin1'), rule);

/** A name and a secret (RFC 7617, encoded as RFC 6749 section 2.3.1 says); other schemes hold one token, whose characters HTTP itself limits. */
export function basicFault(authorization: string | undefined, rule: TextRule): RequestFault | undefined {
  const credentials = /^basic +([\w+/=-]+) *$/i.exec(authorization ?? '')?.[1];
  return credentials === undefined ? undefined : partFault('Authorization', Buffer.from(credentials, 'base64').toString('latin1'), rule);
}

function pairsFault(pairs: string, rule: TextRule): RequestFault | undefined {
  for (const pair of pairs.split('&')) {
    const [name, value = ''] = split(pair.replaceAll('+', ' '), '=');
    const fault = partFault('', name, rule) ?? partFault(decoded(name).toString('utf8'), value, rule);
    if (fault) return fault;
  }
  return undefined;
}

/** `part` holds a byte in each character, as HTTP carries it. */
function partFault(field: string, part: string, rule: TextRule): RequestFault | undefined {
  const bytes = decoded(part);
  const fault = isUtf8(bytes) ? textFault(bytes.toString('utf8'), rule) : 'not_utf8';
  return fault && { field, fault };
}

const decoded = (part: string): Buffer => Buffer.from(part.replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))), 'latin1');

/** At the first separator only. */
function split(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
