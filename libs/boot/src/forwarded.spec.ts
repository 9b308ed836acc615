import { expect, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { forwardedFromTrusted } from './forwarded.js';

const SENT = { host: 'id.example.com', 'x-forwarded-host': 'evil.example', 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'http', 'x-forwarded-port': '1', forwarded: 'host=evil.example' };

/** The headers that are left of a request from this peer. */
function leftOf(remoteAddress: string | undefined, trustedProxies: readonly string[]): readonly string[] {
  const request = { headers: { ...SENT }, socket: { remoteAddress } } as unknown as IncomingMessage;
  let went = false;
  forwardedFromTrusted({ trustedProxies })(request, {} as ServerResponse, () => (went = true));
  expect(went).toBe(true);
  return Object.keys(request.headers);
}

it.each(['192.0.2.9', '::ffff:192.0.2.9', '10.1.0.1', '2001:db8::9', undefined])('abuse 94, 55: what a peer that is not trusted says of itself is dropped: %s', (peer) => expect(leftOf(peer, ['10.0.0.0/16', '::1'])).toEqual(['host']));
it('abuse 94, 55: without trusted proxies nobody is believed', () => expect(leftOf('127.0.0.1', [])).toEqual(['host']));
it.each(['10.0.200.1', '::ffff:10.0.200.1', '::1'])('a trusted proxy is believed: %s', (peer) => expect(leftOf(peer, ['10.0.0.0/16', '::1'])).toEqual(Object.keys(SENT)));
