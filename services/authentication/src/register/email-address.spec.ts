import { describe, expect, it } from '@jest/globals';
import { canonicalEmail, isRewritten, parseEmail } from './email-address.js';

describe('an email', () => {
  it.each(['ann@example.com', "o'hara+shop@sub.example.co.uk", 'user_1@xn--bcher-kva.example', 'ann@bücher.example', 'δοκιμή@example.com', '  ann@example.com '])('is taken: %j', (typed) => {
    expect(parseEmail(typed)).toBeDefined();
  });

  it.each(['', '@', 'ann', 'ann@', '@example.com', 'ann@example', 'ann@@example.com', 'a b@example.com', 'ann@exam ple.com', '.ann@example.com', 'ann.@example.com', 'a..b@example.com', 'ann@.example.com', 'ann@example..com'])(
    'is refused when it is not one address: %j',
    (typed) => expect(parseEmail(typed)).toBeUndefined(),
  );

  it.each([
    ['a list', 'ann@evil.example,bob@example.com'],
    ['a list with a semicolon', 'ann@evil.example;bob@example.com'],
    ['a list with a space', 'ann@evil.example bob@example.com'],
    ['a quoted local part', '"ann@evil.example"@example.com'],
    ['a quoted word', '"ann"@example.com'],
    ['a name and an address', 'Ann <ann@example.com>'],
    ['a comment', 'ann(evil)@example.com'],
    ['a line end inside', 'ann@example.com\r\nBcc: bob@example.com'],
    ['a line end at the end', 'ann@example.com\n'],
    ['a NUL', 'ann\u0000@example.com'],
    ['a NUL at the end', 'ann@example.com\u0000'],
    ['a second @ in full width', 'ann@evil.example\uFF20example.com'],
    ['a comma in full width', 'ann@evil.example\uFF0Cbob@example.com'],
    ['quotes in full width', '\uFF02ann\uFF02@example.com'],
    ['a small @ as a second one', 'ann\uFE6Bevil.example@example.com'],
    ['an encoded character in the domain', 'ann@ex%61mple.com'],
    ['an IP address', 'ann@127.0.0.1'],
    ['an IP address in another notation', 'ann@0x7f.1'],
    ['an IP literal', 'ann@[127.0.0.1]'],
    ['a path', 'ann@example.com/x'],
    ['a port', 'ann@example.com:25'],
    ['a route with a percent sign', 'ann%evil.example@example.com'],
    ['a route with an exclamation mark', 'evil.example!ann@example.com'],
    ['a percent sign in full width', 'ann\uFF05evil.example@example.com'],
    ['an encoded word', '=?utf-8?q?ann=40evil.example=3e?=@example.com'],
    ['the beginning of an encoded word', 'ann=?x@example.com'],
    ['an option of a program', '-oQ/tmp@example.com'],
  ])('abuse 59: is refused as %s', (_, typed) => expect(parseEmail(typed)).toBeUndefined());

  it('abuse 59: is told apart when it is refused because relays rewrite it', () => {
    expect(['ann%evil.example@example.com', '=?a?=@example.com', '-ann@example.com', 'a!b@example.com'].map(isRewritten)).toEqual([true, true, true, true]);
    expect(['ann@example.com', 'ann-arbor@example.com', 'a=b@example.com', 'ann@', ''].map(isRewritten)).toEqual([false, false, false, false, false]);
  });

  it('abuse 59: is read after normalization, so that @ in full width is @', () => expect(parseEmail('ann\uFF20example.com')).toEqual({ address: 'ann@example.com', canonical: 'ann@example.com' }));
  it('abuse 59: is refused when its length is not that of an address', () => {
    expect(parseEmail(`${'a'.repeat(64)}@example.com`)).toBeDefined();
    expect(parseEmail(`${'a'.repeat(65)}@example.com`)).toBeUndefined();
    expect(parseEmail(`ann@${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.example.com`)).toBeUndefined();
    expect(parseEmail(`${'a'.repeat(1_000_000)}@example.com`)).toBeUndefined();
  });

  it.each([
    ['in another case', 'ANN@Example.COM', 'ann@example.com'],
    ['in full width', 'ａｎｎ@ｅｘａｍｐｌｅ.com', 'ann@example.com'],
    ['with accents of their own', 'Zoe\u0308@example.com', 'zo\u00EB@example.com'],
    ['with the domain in ASCII', 'ann@xn--bcher-kva.example', 'ann@bücher.example'],
    ['with spaces around it', ' ann@example.com ', 'ann@example.com'],
    ['with a domain in another case', 'ann@BÜCHER.example', 'ann@bücher.example'],
  ])('abuse 60: is the same %s', (_, one, other) => expect(canonicalEmail(one)).toBe(canonicalEmail(other)!));

  it.each([
    ['ß and ss', 'strauß@example.com', 'strauss@example.com'],
    ['dotless and dotted i', 'dıane@example.com', 'diane@example.com'],
    ['İ and i', 'İlker@example.com', 'ilker@example.com'],
    ['a Cyrillic а', '\u0430nn@example.com', 'ann@example.com'],
    ['a tag', 'ann+shop@example.com', 'ann@example.com'],
    ['a dot', 'a.nn@example.com', 'ann@example.com'],
  ])('abuse 60: is another one with %s', (_, one, other) => {
    expect(canonicalEmail(one)).toBeDefined();
    expect(canonicalEmail(one)).not.toBe(canonicalEmail(other));
  });

  it.each([
    ['of no width', 'a\u200Bnn@example.com'],
    ['that joins', 'ann\u200D@example.com'],
    ['that turns the direction', 'ann\u202E@example.com'],
    ['that is a soft hyphen', 'an\u00ADn@example.com'],
    ['in the domain', 'ann@exa\u200Bmple.com'],
  ])('abuse 60: is refused with a character %s', (_, typed) => expect(parseEmail(typed)).toBeUndefined());

  it('abuse 60: is refused with a dot at the end', () => expect(parseEmail('ann@example.com.')).toBeUndefined());
  it('abuse 60: is shown as it was typed', () => expect(parseEmail('Ann.Arbor@Example.com')!.address).toBe('Ann.Arbor@Example.com'));
  it('abuse 60: has a canonical form that is its own canonical form', () => {
    for (const typed of ['ANN@Example.COM', 'İlker@Example.com', 'Ａ@bücher.example', 'STRAUß@example.com', 'ΟΔΟΣ@example.com']) expect(canonicalEmail(canonicalEmail(typed)!)).toBe(canonicalEmail(typed)!);
  });
});
