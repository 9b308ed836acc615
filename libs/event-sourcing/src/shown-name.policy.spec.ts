import { describe, expect, it } from '@jest/globals';
import { shownNameFault } from './shown-name.policy.js';

describe('a name that is shown', () => {
  it.each([
    ['Latin with marks', 'O’Neill-Müller'],
    ['Persian with a zero-width non-joiner', 'علی\u200cرضا'],
    ['Sinhala with a zero-width joiner', 'ශ්\u200dරී'],
    ['Devanagari', 'क्षितिज'],
    ['a family of pictures', '👨\u200d👩\u200d👧'],
    ['a flag with tags', '\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
    ['a heart with a variation selector', 'Ann ❤️'],
    ['a number', 'X Æ A-12'],
    ['a hundred code points', '😀'.repeat(100)],
  ])('may be %s', (_, name) => expect(shownNameFault(name)).toBeUndefined());

  it.each([
    ['nothing', ' ', 'empty'],
    ['too long', 'x'.repeat(101), 'too_long'],
    ['two lines', 'Ann\nBcc: x', 'unreadable'],
    ['markup', '<b>Ann</b>', 'unreadable'],
    ['half a character', 'Ann\ud800', 'unreadable'],
    ['a joiner alone', '\u200d', 'invisible'],
    ['a joiner at the end', 'Ann\u200d', 'invisible'],
    ['two joiners', 'An\u200d\u200dn', 'invisible'],
    ['turned around', 'Ann\u202eteelf', 'invisible'],
    ['bidi marks only', '\u200e\u200f', 'invisible'],
    ['a Hangul filler', '\u3164', 'invisible'],
    ['an empty Braille cell', '\u2800', 'invisible'],
    ['a soft hyphen in it', 'An\u00adn', 'invisible'],
    ['a byte order mark in it', 'An\ufeffn', 'invisible'],
    ['a combining mark alone', '\u0301', 'invisible'],
  ])('is not %s', (_, name, fault) => expect(shownNameFault(name)).toBe(fault));
});
