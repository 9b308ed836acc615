import type { Position } from './event.js';

const ERA = 4;
const PART = 16;
const WIDTH = new RegExp(`^[0-9a-f]{${ERA}}([0-9a-f]{${PART}}){1,2}$`);

/** Writes a position: era, then one part (a counter) or two (commit and prepare). Fixed width makes byte order log order. */
export const position = (era: number, ...parts: readonly bigint[]): Position =>
  era.toString(16).padStart(ERA, '0') + parts.map((part) => part.toString(16).padStart(PART, '0')).join('');

/** The era that a position was handed out in. */
export const eraOf = (at: Position): number => parseInt(at.slice(0, ERA), 16);

/** The numbers after the era. */
export const partsOf = (at: Position): readonly bigint[] => (at.slice(ERA).match(new RegExp(`.{${PART}}`, 'g')) ?? []).map((part) => BigInt(`0x${part}`));

/** Whether a text, such as one from a query string, could be a position. */
export const isPosition = (text: string): boolean => WIDTH.test(text);

/** The later of two positions; undefined is before all. */
export const later = (a: Position | undefined, b: Position | undefined): Position | undefined => (a === undefined || (b !== undefined && b > a) ? b : a);
