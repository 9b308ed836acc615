import { randomUUID } from 'node:crypto';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Append, EventStore } from '@symbolon/event-sourcing';
import { testDatabase } from '../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../tools/engines/postgres.js';
import { postgresEventStore } from './event-store.js';
import type { Closable } from './event-store.js';
import { migrate } from './migrate.js';

/** Between the adapter and its engine: passes everything on, stands still, or cuts. */
class Wire {
  silent = false;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(socketPath: string) {
    this.server = createServer((near) => {
      const far = connect(socketPath);
      for (const [from, to] of [[near, far], [far, near]] as const) {
        this.sockets.add(from);
        from.on('data', (chunk) => void (this.silent || to.write(chunk)));
        from.on('close', () => to.destroy()).on('error', () => to.destroy());
      }
    });
  }

  listen = () => new Promise<number>((done) => this.server.listen(0, '127.0.0.1', () => done((this.server.address() as AddressInfo).port)));
  cut = () => this.sockets.forEach((socket) => socket.destroy());
  close = () => (this.cut(), new Promise((done) => this.server.close(done)));
}

describe('an engine that stands still or goes', () => {
  let database: TestDatabase;
  let wire: Wire;
  let store: EventStore & Closable;
  const append = (): Append => ({ stream: `order-${randomUUID()}`, expected: -1n, events: [{ id: randomUUID(), type: 't', metadata: new Uint8Array(), data: new Uint8Array() }] });

  beforeAll(async () => {
    database = await testDatabase();
    await migrate({ url: database.url, secret: database.secret, services: [] });
  }, 60_000);
  beforeEach(async () => {
    const url = new URL(database.url.replace('postgres://', 'http://').replace('@/', '@socket/'));
    wire = new Wire(`${url.searchParams.get('host')}/.s.PGSQL.5432`);
    store = postgresEventStore({ url: `postgres://${url.username}:${url.password}@127.0.0.1:${await wire.listen()}${url.pathname}`, deadline: 400 });
    await store.append(append());
  });
  afterEach(async () => {
    wire.silent = false;
    await store.close();
    await wire.close();
  });
  afterAll(() => database?.close());

  it('is Unavailable for every call, and works again when it answers', async () => {
    wire.silent = true;
    for (const call of [() => store.append(append()), () => store.read('order-1'), () => store.head()]) await expect(call()).rejects.toMatchObject({ name: 'Unavailable' });
    wire.silent = false;
    await expect(store.append(append())).resolves.toHaveProperty('position');
  }, 30_000);

  it('is Unavailable for a follower that waits on a quiet log', async () => {
    const waiting = store.follow(['silent'], await store.head(), new AbortController().signal)[Symbol.asyncIterator]().next();
    wire.silent = true;
    await expect(waiting).rejects.toMatchObject({ name: 'Unavailable' });
  }, 30_000);

  it('takes an append again unchanged after a cut, and stores it once', async () => {
    const one = append();
    const first = store.append(one).catch(() => undefined);
    setTimeout(wire.cut, 1);
    await first;
    let again;
    for (let tries = 0; !again && tries < 10; tries++) again = await store.append(one).catch(() => undefined);
    expect(again).toHaveProperty('position');
    expect((await store.read(one.stream)).events).toHaveLength(1);
  }, 30_000);
});
