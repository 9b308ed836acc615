import { expect, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { forwardedFromTrusted } from './forwarded.js';

const SENT = { host: 'id.example.com', 'x-forwarded-host': 'evil.example', 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'http', 'x-forwarded-port': '1', forwarded: 'host=evil.example' };

/** The headers that are left of a request from this peer. */
function leftOf(remoteAddress: string | undefined, trustedProxies: readonly string[], sent: Record<string, string> = SENT): Readonly<Record<string, unknown>> {
  const request = { headers: { ...sent }, socket: { remoteAddress } } as unknown as IncomingMessage;
  let went = false;
  forwardedFromTrusted({ trustedProxies })(request, {} as ServerResponse, () => (went = true));
  expect(went).toBe(true);
  return request.headers;
}

it.each(['192.0.2.9', '::ffff:192.0.2.9', '10.1.0.1', '2001:db8::9', undefined])('abuse 94, 55: what a peer that is not trusted says of itself is dropped: %s', (peer) => expect(leftOf(peer, ['10.0.0.0/16', '::1'])).toEqual({ host: 'id.example.com' }));
it('abuse 94, 55: without trusted proxies nobody is believed', () => expect(leftOf('127.0.0.1', [])).toEqual({ host: 'id.example.com' }));
it.each(['10.0.200.1', '::ffff:10.0.200.1', '::1'])('abuse 55: a trusted proxy is believed who sent it, and no scheme nor port: %s', (peer) =>
  expect(leftOf(peer, ['10.0.0.0/16', '::1'])).toEqual({ host: 'id.example.com', 'x-forwarded-host': 'evil.example', 'x-forwarded-for': '192.0.2.1' }));

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['203.0.113.9:1234', '203.0.113.9'],
  ['"203.0.113.9:1234"', '203.0.113.9'],
  ['"203.0.113.9"', '203.0.113.9'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['"[2001:db8::1]:443"', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['2001:db8::1', '2001:db8::1'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  [' 198.51.100.7 , 203.0.113.9:1 ', '203.0.113.9'],
  ['198.51.100.7, 203.0.113.9, 10.0.0.2:99', '203.0.113.9'],
  ['198.51.100.7, unknown', '10.0.0.1'],
  ['_hidden', '10.0.0.1'],
  ['999.0.0.1', '10.0.0.1'],
  ['fe80::1%eth0', '10.0.0.1'],
  ['203.0.113.9:123456', '10.0.0.1'],
])('abuse 94: %s names one visitor, and what stands before that is nobody’s word', (text, visitor) => expect(leftOf('10.0.0.1', ['10.0.0.0/8'], { 'x-forwarded-for': text })['x-forwarded-for']).toBe(visitor));
