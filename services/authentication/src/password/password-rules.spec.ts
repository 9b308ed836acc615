import { describe, expect, it } from '@jest/globals';
import { passwordFault } from './password-rules.js';

const problem = (password: string, personal: readonly string[] = ['ann@garden.example', 'Garden Club']) => passwordFault(password, { minimum: 15, context: personal });

describe('a password (AUT-16)', () => {
  it('of a few words is taken', () => expect(problem('quiet otters juggle lanterns')).toBeUndefined());
  it('needs no digits, capitals or signs', () => expect(problem('onlylowercaseletters here')).toBeUndefined());
  it('is missing when it is empty', () => expect(problem('')).toBe('missing'));
  it('needs fifteen characters', () => expect(problem('fourteen chars')).toBe('too_short'));
  it('counts code points, not bytes', () => expect(problem('🦦'.repeat(7) + 'seven letters')).toBeUndefined());
  it('counts composed and decomposed forms alike', () => expect(problem('e\u0301'.repeat(14))).toBe(problem('é'.repeat(14))));
  it('abuse 61: may have a thousand bytes', () => expect(problem(Array.from({ length: 200 }, (_, index) => `w${index}`).join(' '))).toBeUndefined());
  it('abuse 61: is refused beyond 1,024 bytes, never cut', () => expect(problem('abcd efgh ijkl m'.repeat(80))).toBe('too_long'));
  it('abuse 61: keeps leading spaces', () => expect(problem('   quiet otters juggle')).toBeUndefined());
  it('is refused when it is common, whatever stands around it', () => expect(passwordFault('1234password1234', { minimum: 8, context: [] })).toBe('common'));
  it('is refused when it is one thing repeated', () => expect(problem('abcabcabcabcabcabc')).toBe('common'));
  it('is refused when it is a sequence', () => expect(problem('abcdefghijklmnopqrstuvwx')).toBe('common'));
  it('is refused when it is little more than the address', () => expect(problem('anngardenexample1', ['anngarden@example.example'])).toBe('contains_context'));
  it.each(['aaaaaaaaaaaaaaaaaaaa', 'passwordpassword', 'qwertyuiopasdfghjkl', '12345678901234567', 'zyxwvutsrqponmlkj', 'Password1234567!'])('is refused when it is %s', (password) => expect(problem(password)).toBe('common'));
  it('may hold a word of the context among others', () => expect(problem('my garden has nine otters')).toBeUndefined());
  it('is refused when it is little more than the name of the organisation', () => expect(problem('gardenclub-garden')).toBe('contains_context'));
});
