import { describe, expect, it } from '@jest/globals';
import { mayReturnTo, redirectFault } from './redirect-uri.policy.js';

describe('a redirect address', () => {
  it.each(['https://shop.example/cb', 'https://shop.example/cb?a=1', 'http://localhost:3001/callback', 'http://127.0.0.1/cb', 'http://[::1]:4000/cb'])('may be %s', (uri) => {
    expect(redirectFault(uri)).toBeUndefined();
  });

  it.each([
    ['javascript:alert(1)'], ['JaVaScRiPt:alert(1)'], ['data:text/html,x'], ['vbscript:x'],
  ])('abuse 5: is refused when it is a script: %s', (uri) => {
    expect(redirectFault(uri)).toBe('is neither https nor http');
  });

  it.each([
    ['abuse 3: user information', 'https://app.example.com@evil.tld', 'holds a user name'],
    ['abuse 4: a backslash', 'https://app.example.com\\@evil.tld', 'holds white space, a control character or a backslash'],
    ['abuse 4: a line break', 'https://app.example.com/\r\ncb', 'holds white space, a control character or a backslash'],
    ['abuse 51: a host that ends a directive of a policy', 'https://app.example.com;sandbox/cb', 'holds a character that no host name has'],
    ['abuse 7: a fragment', 'https://app.example.com/cb#x', 'has a fragment'],
    ['abuse 7: an empty fragment', 'https://app.example.com/cb#', 'has a fragment'],
    ['abuse 7: a wildcard', 'https://*.example.com/cb', 'holds a wildcard'],
    ['http on the open network', 'http://shop.example.com/cb', 'is http on a host that is not loopback: use https'],
    ['a relative address', '/cb', 'is not an absolute address'],
  ])('is refused for %s', (_, uri, fault) => {
    expect(redirectFault(uri)).toBe(fault);
  });
});

describe('a redirect address of an installed application', () => {
  it.each(['http://127.0.0.1/cb', 'http://[::1]/cb', 'http://localhost:4000/cb', 'https://app.example/cb', 'com.example.app:/cb'])('may be %s', (uri) => {
    expect(redirectFault(uri, 'native')).toBeUndefined();
  });

  it.each(['javascript:alert(1)', 'app:/cb', 'com.example.app://host/cb', 'https://localhost/cb', 'http://shop.example/cb', 'com.example.app:/cb#x'])('abuse 5: may not be %s', (uri) => {
    expect(redirectFault(uri, 'native')).toBeDefined();
  });

  it('abuse 3: is free in its port at a loopback IP alone, and in nothing else', () => {
    const registered = ['http://127.0.0.1/cb', 'http://localhost:4000/cb', 'com.example.app:/cb'];
    expect(['http://127.0.0.1:1/cb', 'http://127.0.0.1/cb', 'http://localhost:4000/cb', 'com.example.app:/cb'].filter((uri) => !mayReturnTo(uri, registered, 'native'))).toEqual([]);
    for (const uri of ['http://localhost:1/cb', 'http://127.0.0.1:1/cb/', 'http://127.0.0.1:123456/cb', 'http://127.0.0.1:1@evil.tld/cb', 'com.example.app:/cb2', 'http://[::1]:1/cb', undefined]) expect([uri, mayReturnTo(uri, registered, 'native')]).toEqual([uri, false]);
    expect(mayReturnTo('http://127.0.0.1:1/cb', registered, 'web')).toBe(false);
  });
});
