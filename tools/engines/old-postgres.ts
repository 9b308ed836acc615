import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A server that says it is an older PostgreSQL and refuses what that one did not know: enough of the protocol to be asked who it is. */
export async function oldPostgres(version: string): Promise<Readonly<{ url: string; close(): Promise<void> }>> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    let started = false;
    socket.on('data', (data) => {
      if (started) return void (data[0] === 'Q'.charCodeAt(0) && socket.write(answerTo(textOf(data), version)));
      started = true;
      if (data.includes('transaction_timeout')) return void socket.end(message('E', 'SFATAL\0C42704\0Munrecognized configuration parameter "transaction_timeout"\0\0'));
      socket.write(Buffer.concat([message('R', '\0\0\0\0'), message('S', `server_version\0${version}\0`), READY]));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  return {
    url: `postgres://owner:secret@127.0.0.1:${(server.address() as AddressInfo).port}/symbolon`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** A message of the server: its kind, its length, its content (latin1). */
function message(kind: string, content: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(kind), length, Buffer.from(content, 'latin1')]);
}

const READY = message('Z', 'I');
const textOf = (query: Buffer): string => query.subarray(5, -1).toString();

/** One row of text to whoever asks for the version, as number and as words; anything else it does not understand. */
function answerTo(text: string, version: string): Buffer {
  if (!/server_version_num.*server_version/.test(text)) return Buffer.concat([message('E', 'SERROR\0C42601\0Msyntax error\0\0'), READY]);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const row = { number: `${major * 10_000 + minor}`, version };
  const columns = Object.keys(row).map((name) => `${name}\0${'\0'.repeat(6)}\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0`);
  const values = Object.values(row).map((value) => `\0\0\0${String.fromCharCode(value.length)}${value}`);
  return Buffer.concat([message('T', `\0\x02${columns.join('')}`), message('D', `\0\x02${values.join('')}`), message('C', 'SELECT 1\0'), READY]);
}
