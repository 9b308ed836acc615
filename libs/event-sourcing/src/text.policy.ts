/**
 * What a text may hold. `line`: no control characters; `lines`: line feeds and tabs, as in a text that people read; `any`: every character but NUL, for
 * what is compared or hashed and never shown. `longest` is in bytes of UTF-8.
 */
export type TextRule = Readonly<{ holds?: 'line' | 'lines' | 'any'; longest?: number }>;

/** Why a text cannot be kept. */
export type TextFault = 'nul' | 'half_a_character' | 'control_character' | 'too_long';

/** The largest text, in bytes, where nothing else is said. */
export const LONGEST_TEXT = 8_192;

const HALF = /\p{Surrogate}/u;
const CONTROL = { line: /\p{Cc}/u, lines: /(?![\n\t])\p{Cc}/u, any: /\0/u } as const;

/**
 * The one rule for every text in a command or an event: whatever passes here can be kept by every store, table, topic and log that an event reaches.
 * Undefined: it can be kept.
 */
export function textFault(text: string, { holds = 'line', longest = LONGEST_TEXT }: TextRule = {}): TextFault | undefined {
  if (text.includes('\0')) return 'nul';
  if (HALF.test(text)) return 'half_a_character';
  if (CONTROL[holds].test(text)) return 'control_character';
  return text.length > longest || (text.length * 3 > longest && bytesOf(text) > longest) ? 'too_long' : undefined;
}

/** The nearest text on one line that can be kept, for what no person typed and nobody could correct (a browser's own name). */
export function keptText(text: string, longest = LONGEST_TEXT): string {
  const clean = [...text.replaceAll(/\p{Cc}/gu, ' ')].map((character) => (HALF.test(character) ? '\ufffd' : character));
  let size = 0;
  return clean.filter((character) => (size += bytesOf(character)) <= longest).join('');
}

/** A fault as the end of a sentence that begins with the field's name, and says the way out. */
export const FAULTS: Readonly<Record<TextFault, string>> = {
  nul: 'holds a NUL character; leave it out',
  half_a_character: 'holds half a character (a lone surrogate); send well-formed Unicode',
  control_character: 'holds a control character; leave it out',
  too_long: 'is too long; send less',
};

const bytesOf = (text: string): number => Buffer.byteLength(text);
