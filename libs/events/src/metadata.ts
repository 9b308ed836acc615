import { Invalid, type Metadata } from '@symbolon/event-sourcing';
import { parseObject } from './event-json.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** Ids, `system:<what>` and MACs; nothing that could be an address or a name of a person (no `@`, no space). */
const ID = /^[A-Za-z0-9_.:+/=-]{1,256}$/;

/** In this order they are written: equal metadata are equal bytes. */
const RULES: readonly (readonly [key: keyof Metadata, rule: RegExp, needed: boolean])[] = [
  ['at', TIME, true],
  ['subject', ID, false],
  ['organisation', ID, false],
  ['actor', ID, true],
  ['correlation', ID, true],
  ['causation', ID, true],
  ['traceparent', ID, false],
  ['request', ID, false],
];

/** Metadata stay in clear for ever, so they hold ids and times and nothing else. Throws `Invalid`. */
export function encodeMetadata(metadata: Metadata): Uint8Array {
  const unknown = Object.keys(metadata).find((key) => !RULES.some(([known]) => known === key));
  if (unknown !== undefined) throw new Invalid('events/metadata', `Metadata have no ${unknown}.`);
  const entries = RULES.flatMap(([key, rule, needed]) => {
    const value = metadata[key];
    if (value === undefined && !needed) return [];
    if (typeof value === 'string' && rule.test(value)) return [[key, value] as const];
    throw new Invalid('events/metadata', `Metadata field ${key} must be ${rule === TIME ? 'a time (ISO 8601, UTC, milliseconds)' : 'an id'}; personal data have no place there.`);
  });
  return Buffer.from(JSON.stringify(Object.fromEntries(entries)), 'utf8');
}

/** The inverse; keys that a newer version added are left out. */
export function decodeMetadata(bytes: Uint8Array): Metadata {
  const json = parseObject(bytes, 'The metadata');
  const metadata: Record<string, string> = {};
  for (const [key] of RULES) {
    const value = json[key];
    if (typeof value === 'string') metadata[key] = value;
  }
  return metadata as unknown as Metadata;
}
