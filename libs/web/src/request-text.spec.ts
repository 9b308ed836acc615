import { describe, expect, it } from '@jest/globals';
import { basicFault, formFault, targetFault } from './request-text.js';

const LINE = { holds: 'line' } as const;
const ANY = { holds: 'any' } as const;

describe('a request target', () => {
  it.each(['/', '/i/abc?x=1', '/a%20b?c=d%26e&f=%E8%AA%9E', '/?q=100%', '/?q=%zz&r', '/?a=b=c?d'])('%s can be read', (target) => expect(targetFault(target, LINE)).toBeUndefined());
  it.each([
    ['/a%00', { field: '', fault: 'nul' }],
    ['/%ED%A0%80', { field: '', fault: 'not_utf8' }],
    ['/%C0%80', { field: '', fault: 'not_utf8' }], // NUL in disguise
    ['/\u00ff', { field: '', fault: 'not_utf8' }],
    ['/?state=a%00', { field: 'state', fault: 'nul' }],
    ['/?a=b&%FF=x', { field: '', fault: 'not_utf8' }],
    ['/?state=a%0Ab', { field: 'state', fault: 'control_character' }],
    [`/?state=${'%41'.repeat(8_193)}`, { field: 'state', fault: 'too_long' }],
  ])('%.60s cannot', (target, found) => expect(targetFault(target, LINE)).toEqual(found));
  it('may hold control characters where the rule says so, and never NUL', () => {
    expect([targetFault('/?a=%0A', ANY), targetFault('/?a=%00', ANY)]).toEqual([undefined, { field: 'a', fault: 'nul' }]);
  });
});

describe('a form', () => {
  const form = (text: string) => formFault(Buffer.from(text, 'latin1'), ANY);
  it.each(['', '&&', 'a=b+c&a=d', 'password=%F0%9F%98%80', `a=${Buffer.from('語').toString('latin1')}`])('%j can be read', (text) => expect(form(text)).toBeUndefined());
  it.each([['a\0=b', 'nul'], ['a=%00', 'nul'], ['a=\xff', 'not_utf8'], ['a=%e8%aa', 'not_utf8'], ['a=\xed\xa0\x80', 'not_utf8']])('%j cannot', (text, fault) => expect(form(text)).toMatchObject({ fault }));
});

describe('credentials', () => {
  const basic = (text: string) => basicFault(`Basic ${Buffer.from(text, 'latin1').toString('base64')}`, LINE);
  it('can be read, whatever the scheme', () => expect([basic('c_1:s%20e'), basicFault('Bearer abc', LINE), basicFault(undefined, LINE), basicFault('Basic', LINE)]).toEqual([undefined, undefined, undefined, undefined]));
  it.each([['c\0:s', 'nul'], ['c%00:s', 'nul'], ['c:\xff', 'not_utf8']])('%j cannot', (text, fault) => expect(basic(text)).toEqual({ field: 'Authorization', fault }));
});
