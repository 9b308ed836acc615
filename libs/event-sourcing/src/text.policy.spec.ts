import { describe, expect, it } from '@jest/globals';
import { keptText, textFault } from './text.policy.js';

describe('a text', () => {
  it.each(['', 'Ann', 'O’Neill-Müller', '日本語', '👩‍👩‍👧', 'a b', 'x'.repeat(8_192)])('may be %j', (text) => expect(textFault(text)).toBeUndefined());

  it.each([
    ['NUL', 'a\0b', 'nul'],
    ['the first half of a pair', 'a\ud83d', 'half_a_character'],
    ['the second half of a pair', '\ude00a', 'half_a_character'],
    ['a line feed', 'a\nb', 'control_character'],
    ['a tab', 'a\tb', 'control_character'],
    ['an escape', '\u001b[31m', 'control_character'],
    ['DEL', 'a\u007f', 'control_character'],
    ['a C1 control', 'a\u0085b', 'control_character'],
    ['more bytes than allowed', 'x'.repeat(8_193), 'too_long'],
    ['fewer characters and more bytes than allowed', '語'.repeat(2_731), 'too_long'],
  ])('may not hold %s', (_, text, fault) => expect(textFault(text)).toBe(fault));

  it('that people read may hold line feeds and tabs, and no other control character', () => {
    expect(textFault('a\n\tb', { holds: 'lines' })).toBeUndefined();
    for (const control of ['\r', '\u000b', '\u001b', '\u0085']) expect(textFault(`a${control}`, { holds: 'lines' })).toBe('control_character');
  });

  it('that is only compared may hold everything but NUL and halves', () => {
    expect(textFault('a\u0001\r\n', { holds: 'any' })).toBeUndefined();
    expect([textFault('a\0', { holds: 'any' }), textFault('\ud800', { holds: 'any' })]).toEqual(['nul', 'half_a_character']);
  });

  it('has the length that its field says, in bytes', () => {
    expect([textFault('äää', { longest: 6 }), textFault('äääa', { longest: 6 })]).toEqual([undefined, 'too_long']);
  });
});

describe('a text that nobody could correct', () => {
  it.each(['a\0b', 'a\ud800', 'a\u0085\nb', '語'.repeat(9_000)])('is kept as the nearest one that can be: %#', (text) => {
    expect(textFault(keptText(text))).toBeUndefined();
  });
  it('stays as it is where nothing is wrong', () => expect(keptText('Mozilla/5.0 (日本語; 👩)')).toBe('Mozilla/5.0 (日本語; 👩)'));
  it('is cut between characters', () => expect(keptText('ää👩', 7)).toBe('ää'));
});
