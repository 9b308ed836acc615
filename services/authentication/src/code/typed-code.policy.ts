const DIGIT = /\p{Nd}/u;

/** What a decimal digit of any script is worth: Unicode keeps the ten of each together, zero first. */
function worth(digit: string): string {
  const point = digit.codePointAt(0)!;
  let before = 0;
  while (DIGIT.test(String.fromCodePoint(point - before - 1))) before += 1;
  return String(before % 10);
}

/**
 * The code that somebody meant: its digits in their order, as 0 to 9. Digits may be of any script, and in full width; what stands before, between and
 * after them is left out: words such as "Your code is", spaces, dashes, and what turns the direction of text or has no width. Empty: there is no digit.
 */
export const typedCode = (typed: string): string => [...typed.normalize('NFKC')].filter((sign) => DIGIT.test(sign)).map(worth).join('');

/** Longest text in which a code is looked for: a line of the mail that was copied with it. */
export const LONGEST_TYPED_CODE = 200;
