import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** What came back on a connection: the first answer, as it was written. */
export type RawAnswer = Readonly<{ status: number; headers: Readonly<Record<string, string>>; body: string }>;

/** Sends bytes as they are and reads until the other side ends the connection, or says all that it announced. */
export const exchangeRaw = (origin: string, sent: string): Promise<RawAnswer> =>
  new Promise((resolve, fail) => {
    const { hostname, port } = new URL(origin);
    const socket = connect({ host: hostname === 'localhost' ? '127.0.0.1' : hostname, port: Number(port) });
    let came = '';
    const done = () => {
      socket.destroy();
      resolve(parsed(came));
    };
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      came += chunk;
      if (isWhole(came)) done();
    });
    socket.on('end', done).on('error', fail);
    socket.write(sent, 'latin1');
  });

function parsed(text: string): RawAnswer {
  const [head, body] = [text.slice(0, text.indexOf('\r\n\r\n')), text.slice(text.indexOf('\r\n\r\n') + 4)];
  const [line = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(lines.map((one) => [one.slice(0, one.indexOf(':')).toLowerCase(), one.slice(one.indexOf(':') + 1).trim()]));
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(line)?.[1] ?? 0), headers, body };
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const { headers, body } = parsed(text);
  if (headers['transfer-encoding'] === 'chunked') return body.endsWith('0\r\n\r\n');
  return headers['content-length'] !== undefined && body.length >= Number(headers['content-length']);
}

/** Something that listens and never answers, and how often somebody came. */
export async function listener(host: string): Promise<Readonly<{ port: number; visits: () => number; close: () => void }>> {
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    socket.on('error', () => undefined).destroy();
  });
  await new Promise<void>((done) => server.listen(0, host, done));
  return { port: (server.address() as AddressInfo).port, visits: () => visits, close: () => void server.close() };
}

/** A request without a body, as it travels. */
export const get = (target: string, headers: readonly string[]): string => [`GET ${target} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n');
