import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { applicationFetch, mayLeadTo } from './application-fetch.js';

const HERE = ['127.0.0.0/8'];
const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close().closeAllConnections()));

/** A server on this machine, and how often somebody came. */
async function here(answer: (response: ServerResponse) => void): Promise<Readonly<{ port: number; visits: () => number }>> {
  let visits = 0;
  const server = createServer((_request, response) => answer(response)).on('connection', () => (visits += 1));
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { port: (server.address() as AddressInfo).port, visits: () => visits };
}

const keys = (response: ServerResponse) => void response.end('{"keys":[]}');
const at = (address: string) => (_host: string, _options: object, done: (error: null, addresses: { address: string; family: number }[]) => void) => done(null, address.split(' ').map((one) => ({ address: one, family: one.includes(':') ? 6 : 4 })));

it.each(['http://127.0.0.1', 'http://localhost', 'http://2130706433', 'http://0x7f.1', 'http://[::ffff:127.0.0.1]', 'http://app.localhost'])('abuse 83: keys at %s are not fetched: nobody is asked at all', async (origin) => {
  const { port, visits } = await here(keys);
  await expect(applicationFetch({ networks: [] })(`${origin}:${port}/jwks`)).rejects.toThrow('not on the public internet');
  expect(visits()).toBe(0);
});

it.each(['127.0.0.1', '::ffff:127.0.0.1', '10.0.0.1', '169.254.169.254', 'fe80::1', 'fd00::1', '127.0.0.1 ::1'])('abuse 83, 84: nor where a public name resolves to %s', async (address) => {
  const { port, visits } = await here(keys);
  await expect(applicationFetch({ networks: [], resolve: at(address) })(`http://keys.example.com:${port}/jwks`)).rejects.toThrow('no public address');
  expect(visits()).toBe(0);
});

it('are fetched there when the operator allows that network, by the address that was looked at', async () => {
  const { port } = await here(keys);
  const fetched = await applicationFetch({ networks: HERE, resolve: at('10.0.0.1 127.0.0.1') })(`http://keys.example.com:${port}/jwks`);
  expect([fetched.status, await fetched.json()]).toEqual([200, { keys: [] }]);
  expect((await applicationFetch({ networks: HERE })(`http://127.0.0.1:${port}/jwks`)).status).toBe(200);
});

it('abuse 83: a redirect is not followed', async () => {
  const inside = await here(keys);
  const { port } = await here((response) => void response.writeHead(302, { location: `http://127.0.0.1:${inside.port}/` }).end());
  expect((await applicationFetch({ networks: HERE })(`http://127.0.0.1:${port}/jwks`)).status).toBe(302);
  expect(inside.visits()).toBe(0);
});

it('abuse 83: an answer without end, or one that never ends, is none', async () => {
  const long = await here((response) => void response.end('x'.repeat(1024 * 1024)));
  await expect(applicationFetch({ networks: HERE })(`http://127.0.0.1:${long.port}/`)).rejects.toThrow('too long');
  const slow = await here((response) => void response.write('{'));
  await expect(applicationFetch({ networks: HERE, patience: 200 })(`http://127.0.0.1:${slow.port}/`)).rejects.toThrow();
});

it.each(['https://10.0.0.1/jwks', 'https://[::1]/jwks', 'https://localhost/jwks', 'https://192.168.0.1:8443/'])('abuse 83: says so at once when an address itself leads inside: %s', (url) => expect(mayLeadTo(url, [])).toBe(false));
it.each(['https://keys.example.com/jwks', 'https://1.1.1.1/jwks'])('takes an address that may be outside: %s', (url) => expect(mayLeadTo(url, [])).toBe(true));
