/** What text needs against its ground (WCAG 2.2, success criterion 1.4.3). */
const ENOUGH = 4.5;

/** Relative luminance of a colour in hexadecimal, three digits or six (WCAG 2.2, definition). */
function luminance(colour: string): number {
  const digits = colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit) : (colour.slice(1).match(/../g) ?? []);
  const [red = 0, green = 0, blue = 0] = digits.map((pair) => Number.parseInt(pair, 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** How much two colours differ in brightness, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** White or black, whichever is easier to read on this ground; one of the two always has more than 4.5 to 1. */
export const textOn = (ground: string): '#ffffff' | '#000000' => (contrast('#ffffff', ground) >= contrast('#000000', ground) ? '#ffffff' : '#000000');

/** The colour as text where it can be read on every one of the grounds, else `otherwise`: a light brand colour fills buttons and writes no words. */
export const asText = (colour: string, grounds: readonly string[], otherwise: string): string => (grounds.every((ground) => contrast(colour, ground) >= ENOUGH) ? colour : otherwise);
