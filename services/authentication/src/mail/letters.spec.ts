import { describe, expect, it } from '@jest/globals';
import { knownAddressLetter, recoveryLetter, registrationLetter, signInCodeLetter } from './letters.js';

const brand = { name: 'Ann & <b>Bob</b>' };
const parts = { brand, code: '012345', link: 'https://id.example.com/register/abc' };

describe('letters', () => {
  it.each([registrationLetter(parts), recoveryLetter(parts)])('say code and link in both forms', ({ text, html }) => {
    for (const form of [text, html]) {
      expect(form).toContain(parts.code);
      expect(form).toContain(parts.link);
    }
  });

  it('for a browser that is not known hold a code and no link to follow', () => {
    const { text, html } = signInCodeLetter(parts);
    expect(text).toContain(parts.code);
    expect(html).not.toContain('href');
  });

  it('to an address that somebody has already hold no code', () => {
    const { text } = knownAddressLetter(parts);
    expect(text).toContain(parts.link);
    expect(text).not.toMatch(/\d{6}/);
  });

  it('escape what is put into them, and load nothing from elsewhere', () => {
    const { html, text } = registrationLetter(parts);
    expect(html).toContain('Ann &amp; &lt;b>Bob');
    expect(html).not.toMatch(/<b>|<img|src=|url\(/);
    expect(text).toContain('Ann & <b>Bob</b>');
  });

  it('show no code to who sees subjects only', () => expect([registrationLetter(parts), signInCodeLetter(parts), recoveryLetter(parts)].map(({ subject }) => subject).join()).not.toContain(parts.code));

  it('have subjects of one line', () => expect(registrationLetter({ ...parts, brand: { name: 'Ann\r\nBcc: x' } }).subject).not.toMatch(/[\r\n]/));
});
