import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { refuseWithProblem } from '@symbolon/web';
import { edgeServer } from './edge-server.js';

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close().closeAllConnections()));

/** A server that reads whole bodies. */
async function serving(): Promise<number> {
  const server = edgeServer({ handler: (request, response) => void request.resume().on('end', () => response.end('whole')).on('error', () => undefined), steps: [], refuse: refuseWithProblem, patience: { request: 400, look: 50 } });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

/** Sends the parts with pauses between them, and gives what came until the other side ended. */
const told = (port: number, parts: readonly string[], pause: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let came = '';
    let left = [...parts];
    const timer = setInterval(() => {
      const [next, ...rest] = left;
      left = rest;
      if (next !== undefined) socket.write(next);
    }, pause);
    socket.setEncoding('utf8').on('data', (chunk: string) => (came += chunk));
    socket.on('error', (error) => (came += String(error)));
    socket.on('close', () => {
      clearInterval(timer);
      resolve(came);
    });
    socket.on('end', () => socket.end());
  });

const HEAD = 'POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 500\r\n\r\n';

it.each([
  ['a body that comes letter by letter', [HEAD, ...Array.from({ length: 200 }, () => 'a')]],
  ['a body that never comes', [HEAD]],
  ['headers that come line by line', ['POST /a HTTP/1.1\r\n', ...Array.from({ length: 200 }, (_, index) => `X-${index}: a\r\n`)]],
])('abuse 90: %s is over at the stated time, and is told so', async (_what, parts) => {
  const text = await told(await serving(), parts, 20);
  expect(text).toMatch(/^HTTP\/1\.1 408 /);
  expect(text).toContain('"rule":"too_slow"');
}, 30_000);

it('a body that comes within its time is read', async () => expect(await told(await serving(), [HEAD, 'a'.repeat(250), 'a'.repeat(250)], 5)).toMatch(/^HTTP\/1\.1 200 [^]*whole$/));

it.each([
  ['headers without end', `GET /a HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(200_000)}\r\n\r\n`, '431', 'headers_too_long'],
  ['an address without end', `GET /${'a'.repeat(200_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, '431', 'headers_too_long'],
  ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n', '400', 'not_http'],
  ['no request', `${'BLAH '.repeat(20_000)}\r\n\r\n`, '400', 'not_http'],
])('whoever sends %s reads why, and sees no broken connection', async (_what, bytes, status, rule) => {
  const text = await told(await serving(), [bytes], 5);
  expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(text).toContain(`"rule":"${rule}"`);
  expect(text).not.toContain('ECONNRESET');
  expect(text.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
}, 30_000);

it('what was read whole is answered, whatever comes behind it', async () => {
  const text = await told(await serving(), ['GET /a HTTP/1.1\r\nHost: x\r\n\r\nBLAH\r\n\r\n'], 5);
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  expect(text).not.toContain('not_http');
});
