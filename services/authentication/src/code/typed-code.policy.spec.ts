import { describe, expect, it } from '@jest/globals';
import { typedCode } from './typed-code.policy.js';

describe('a code that is typed', () => {
  it.each([
    ['as it was mailed', '012345'],
    ['with a dash', '012-345'],
    ['with dashes of every kind', '0\u20101\u20112\u20133\u20144\u22125'],
    ['with a full-width dash', '012\uFF0D345'],
    ['with spaces of every kind', ' 0\u00A01\u20092\u20033\u30004\t5\r\n'],
    ['in Arabic-Indic digits', '\u0660\u0661\u0662\u0663\u0664\u0665'],
    ['in Persian digits', '\u06F0\u06F1\u06F2\u06F3\u06F4\u06F5'],
    ['in Devanagari digits', '\u0966\u0967\u0968\u0969\u096A\u096B'],
    ['in full-width digits', '\uFF10\uFF11\uFF12\uFF13\uFF14\uFF15'],
    ['in mathematical digits', '\u{1D7CE}\u{1D7CF}\u{1D7D0}\u{1D7D1}\u{1D7D2}\u{1D7D3}'],
    ['in digits of a script beyond the first plane', '\u{1E950}\u{1E951}\u{1E952}\u{1E953}\u{1E954}\u{1E955}'],
    ['between bidi marks', '\u2067\u200F012\u200E345\u2069\u061C'],
    ['with characters of no width', '\uFEFF0\u200B1\u200C2\u200D3\u20604\u00AD5'],
    ['with a word before it', 'Code: 012345'],
    ['with a sentence around it', 'Your code is: 012 345.'],
    ['in quotes', '\u201C012345\u201D'],
  ])('fits %s', (_, typed) => expect(typedCode(typed)).toBe('012345'));

  it('has the digits of every script that numbers can be written in', () => {
    const systems = Intl.supportedValuesOf('numberingSystem').map((system) => [...new Intl.NumberFormat('en', { numberingSystem: system, useGrouping: false, minimumIntegerDigits: 10 }).format(123_456_789)]);
    const decimal = systems.filter((signs) => signs.length === 10 && signs.every((sign) => /\p{Nd}/u.test(sign)));
    expect(decimal.length).toBeGreaterThan(50);
    for (const signs of decimal) expect(typedCode(signs.join(''))).toBe('0123456789');
  });

  it.each(['', 'Code:', '\u200B', 'abcdef'])('is none without a digit: %j', (typed) => expect(typedCode(typed)).toBe(''));
  it.each(['0123456', '12345'])('is not made shorter or longer: %s', (typed) => expect(typedCode(typed)).toBe(typed));
});
