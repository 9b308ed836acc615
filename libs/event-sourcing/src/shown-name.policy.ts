/** Why a text cannot be shown as a name. */
export type NameFault = 'empty' | 'too_long' | 'unreadable' | 'invisible';

/** Longest name, in code points. */
const LONGEST = 100;
/** Line ends, control characters, halves of characters, and what markup begins with. */
const UNREADABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}<>]/u;
/** Characters that nobody sees: they turn the text around it, or hide in it. Joiners are judged by what they join. */
const HIDDEN = /(?![\u200c\u200d])[\p{Cf}\u2800\u3164\uffa0\u115f\u1160]/u;
/** A joiner belongs between two characters that it shapes: letters of many scripts, signs above them, pictures. */
const JOINED = /(?<=[\p{L}\p{M}\p{Emoji}\ufe0f])[\u200c\u200d](?=[\p{L}\p{M}\p{Emoji}])/gu;
/** The tags by which a flag names its region (England, Scotland, Wales), behind the black flag. */
const FLAG = /\u{1f3f4}[\u{e0020}-\u{e007e}]+\u{e007f}/gu;
const VISIBLE = /[\p{L}\p{N}\p{S}\p{P}]/u;

/**
 * The one rule for every name that is shown, of people and applications, at whichever door it comes in: one line that somebody can see, in any script, with the
 * joiners that Persian, Sinhala or a family of pictures need and none that stand alone. Undefined: it is a name.
 */
export function shownNameFault(name: string): NameFault | undefined {
  const trimmed = name.trim();
  if (trimmed === '') return 'empty';
  if ([...trimmed].length > LONGEST) return 'too_long';
  if (UNREADABLE.test(trimmed)) return 'unreadable';
  const plain = trimmed.replaceAll(FLAG, '\u{1f3f4}').replaceAll(JOINED, '');
  if (HIDDEN.test(plain) || /[\u200c\u200d]/u.test(plain)) return 'invisible';
  return VISIBLE.test(plain) ? undefined : 'invisible';
}
