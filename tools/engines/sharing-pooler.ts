import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import pg from 'pg';

/**
 * A stand-in for a pooler in transaction mode (PgBouncer's `pool_mode = transaction`), as far as it matters here: clients are let in without a question,
 * and each of their transactions runs on whichever of `size` connections to the server is free.
 */
export async function sharingPooler(url: string, size: number): Promise<Readonly<{ url: string; close(): Promise<void> }>> {
  const backends = await Promise.all(Array.from({ length: size }, () => backend(url)));
  const free = [...backends];
  const waiting: ((one: Backend) => void)[] = [];
  const take = (): Promise<Backend> => new Promise((done) => (free.length > 0 ? done(free.shift()!) : waiting.push(done)));
  const give = (one: Backend): void => (waiting.shift() ?? ((back: Backend) => void free.push(back)))(one);
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client.on('error', () => undefined));
    let started = false;
    let held: Promise<Backend> | undefined;
    client.on('data', (data) => {
      if (!started) return void ((started = true), client.write(WELCOME));
      if (data[0] === 'X'.charCodeAt(0)) return void client.end();
      held ??= take();
      void held.then((one) => {
        one.answers = (answer) => {
          client.write(answer);
          if (endsIdle(answer)) [held] = [undefined, give(one)]; // outside a transaction: the next one may have it
        };
        one.stream.write(data);
      });
    });
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  return {
    url: `postgres://owner@127.0.0.1:${(server.address() as AddressInfo).port}/postgres`,
    close: async () => {
      for (const client of clients) client.destroy();
      for (const { stream } of backends) stream.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

type Backend = { readonly stream: Socket; answers(answer: Buffer): void };

/** A connection that was let in by the server; from then on its bytes are passed on as they are. */
async function backend(url: string): Promise<Backend> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.removeAllListeners('data');
  const one: Backend = { stream, answers: () => undefined };
  stream.on('data', (answer: Buffer) => one.answers(answer));
  return one;
}

const message = (kind: string, content: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(kind), length, content]);
};

/** Let in, and ready outside a transaction. */
const WELCOME = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);

/** Answers of these small statements come whole; the last message says that no transaction is open. */
const endsIdle = (answer: Buffer): boolean => answer.length >= 6 && answer.subarray(-6).equals(message('Z', Buffer.from('I')));
