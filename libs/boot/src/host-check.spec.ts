import { expect, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostCheck } from './host-check.js';

type Sent = Readonly<{ hosts: readonly string[]; forwarded?: string; url?: string; origin?: string }>;

/** What becomes of a request: its status (200: it goes on), and how it goes on. */
function checked({ hosts, forwarded, url = '/', origin = 'https://id.example.com' }: Sent): Readonly<{ status: number; request: IncomingMessage }> {
  let status = 0;
  const response = { getHeader: () => undefined, writeHead: (code: number) => (status = code), end: () => undefined } as unknown as ServerResponse;
  const request = { url, rawHeaders: hosts.flatMap((host, index) => [index === 0 ? 'Host' : 'HOST', host]), headers: { host: hosts[0], ...(forwarded === undefined ? {} : { 'x-forwarded-host': forwarded }) } } as unknown as IncomingMessage;
  hostCheck({ origin, port: 3000, internalOrigin: 'http://192.0.2.10:3000' })(request, response, () => (status = 200));
  return { status, request };
}
const statusFor = (host: string, forwarded?: string): number => checked({ hosts: [host], ...(forwarded === undefined ? {} : { forwarded }) }).status;

it.each(['id.example.com', 'ID.example.com', 'localhost:3000', '127.0.0.1:3000', '[::1]:3000', '192.0.2.10:3000'])('serves the host %s', (host) => expect(statusFor(host)).toBe(200));

it.each(['evil.example.com', 'id.example.com.evil.example', 'localhost:4000', 'localhost', '', 'someone@id.example.com', 'id.example.com:80', 'id.example.com:443:443', 'id.example.com/', 'id.example.com#', 'id.example.com:'])('refuses the host %s', (host) => expect(statusFor(host)).toBe(421));

it.each([['id.example.com', 200], ['evil.example.com', 421], ['id.example.com, evil.example.com', 421]])('abuse 55: holds the host that a proxy names, %s, to the same list', (forwarded, status) => expect(statusFor('id.example.com', forwarded)).toBe(status));

it.each<[Sent, number]>([
  [{ hosts: ['id.example.com:443'] }, 200],
  [{ hosts: ['id.example.com'], forwarded: 'id.example.com:443' }, 200],
  [{ hosts: ['localhost:80'], origin: 'http://localhost' }, 200],
  [{ hosts: ['localhost:443'], origin: 'http://localhost' }, 421],
])('the port that the scheme has anyway is the same host: %j', (sent, status) => expect(checked(sent).status).toBe(status));

it.each([[[]], [['id.example.com', 'id.example.com']], [['id.example.com', 'evil.example.com']]])('abuse 55: a request that names no host, or two, is refused: %j', (hosts) => expect(checked({ hosts }).status).toBe(400));

it.each(['http://evil.example.com/', 'https://evil.example.com', 'http://id.example.com@evil.example.com/', 'javascript://evil.example.com/'])('abuse 55: an address as the target counts for more than the header: %s', (url) => expect(checked({ hosts: ['id.example.com'], url }).status).toBe(421));

it.each([['https://id.example.com/oidc/auth?a=b', '/oidc/auth?a=b'], ['http://ID.example.com?a=b', '/?a=b'], ['http://id.example.com', '/']])('and goes on as its path: %s', (url, path) => {
  const { status, request } = checked({ hosts: ['evil.example.com'], url });
  expect([status, request.url, request.headers.host?.toLowerCase()]).toEqual([200, path, 'id.example.com']);
});
