import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { position } from '@symbolon/event-sourcing';
import type { Append, EventStore } from '@symbolon/event-sourcing';
import { eventStoreDB } from './event-store.js';
import type { Given } from './records.js';

type Place = Readonly<{ commit: bigint; prepare: bigint }>;
type Stored = Given & Readonly<{ position: Place }>;
type Range = Readonly<{ fromRevision?: bigint | 'start' | 'end'; fromPosition?: Place | 'start' | 'end'; maxCount: number; direction?: 'forwards' | 'backwards' }>;

/** A server behind the client's own methods that does what a real one was never seen to do, or does seldom: it does not know a repeated append, and can be emptied. */
class Server {
  log: Stored[] = [];
  readonly options: object[] = [];
  readonly watching: (() => void)[] = [];
  isAway = false;
  /** The client whose connection the network swallowed: it never hears anything again. */
  private unheard: unknown;
  isSwallowing = false;
  /** A repeated append on a stream that was cut off: stored, and nobody knows where (seen on a real server). */
  isCut = false;

  write(stream: string, id: string = randomUUID()): Place {
    const revision = BigInt(this.log.filter(({ streamId }) => streamId === stream).length);
    const place = { commit: BigInt(this.log.length * 100), prepare: BigInt(this.log.length * 100) };
    this.log.push({ id, type: 't', streamId: stream, revision, data: new Uint8Array(), metadata: new Uint8Array(), position: place });
    return place;
  }

  async append(stream: string, events: readonly { id: string }[], options: { expectedRevision: unknown }): Promise<unknown> {
    this.options.push(options);
    if (this.isCut) return { success: true };
    const actualVersion = this.log.findLast(({ streamId }) => streamId === stream)?.revision ?? 'no_stream';
    if (actualVersion !== options.expectedRevision) throw Object.assign(new Error(), { type: 'wrong-expected-version', actualVersion });
    return { position: events.map(({ id }) => this.write(stream, id)).at(-1) };
  }

  read(isWanted: (record: Stored) => boolean, { fromRevision, fromPosition, maxCount, direction }: Range): Readable {
    const [isBack, commit] = [direction === 'backwards', typeof fromPosition === 'object' ? fromPosition.commit : undefined];
    const found = this.log
      .filter(isWanted)
      .filter(({ revision, position: at }) => (typeof fromRevision !== 'bigint' || revision >= fromRevision) && (commit === undefined || (isBack ? at.commit < commit : at.commit >= commit)));
    const records = (isBack ? found.toReversed() : found).slice(0, maxCount).map((event) => ({ event }));
    return this.isAway ? new Readable().destroy(Object.assign(new Error(), { code: 14 })) : Readable.from(records);
  }

  private readBy(client: unknown, name: string, range: Range): Readable {
    if (this.isSwallowing) this.unheard ??= client;
    return client === this.unheard ? new Readable({ read: () => undefined }) : this.read(({ streamId }) => streamId === name, range);
  }

  /** Puts itself behind every client; answers how to leave. */
  listen(): () => void {
    const channel = { close: () => undefined, watchConnectivityState: (_from: number, _until: number, changed: () => void) => this.watching.push(changed) };
    const readBy = this.readBy.bind(this);
    const behind = {
      appendToStream: this.append.bind(this),
      readStream(...given: [string, Range]) {
        return readBy(this, ...given);
      },
      readAll: (range: Range) => this.read(() => true, range),
      getChannel: async () => channel,
      dispose: async () => undefined,
    };
    const before = Object.getOwnPropertyDescriptors(EventStoreDBClient.prototype);
    for (const [name, value] of Object.entries(behind)) Object.defineProperty(EventStoreDBClient.prototype, name, { configurable: true, get: () => value, set: (_) => {} });
    return () => {
      for (const name of Object.keys(behind)) delete (EventStoreDBClient.prototype as unknown as { [name: string]: unknown })[name];
      Object.defineProperties(EventStoreDBClient.prototype, before);
    };
  }
}

const creation = (): Append => ({ stream: `alpha-${randomUUID()}`, expected: -1n, events: [1, 2].map(() => ({ id: randomUUID(), type: 't', metadata: new Uint8Array(), data: new Uint8Array() })) });

describe('the adapter of EventStoreDB', () => {
  let server: Server;
  let store: EventStore & { close(): Promise<void> };
  let leave: () => void;
  beforeEach(() => {
    server = new Server();
    leave = server.listen();
    store = eventStoreDB({ url: 'esdb://symbolon:secret@127.0.0.1:1?tls=false', deadline: 1_000 });
  });
  afterEach(async () => {
    await store.close();
    leave();
  });

  it('finds an append that is refused although it is there', async () => {
    const append = creation();
    const stored = await store.append(append);
    await store.append({ ...creation(), stream: append.stream, expected: 1n });
    expect(await store.append(append)).toEqual(stored);
    expect(await store.append({ ...append, events: append.events.toReversed() })).toEqual({ conflict: 3n });
  });

  it('says what was done to a stream whose repeated append has no place any more', async () => {
    server.isCut = true;
    await expect(store.append(creation())).rejects.toMatchObject({ name: 'Invalid', rule: 'store/stream_cut' });
  });

  it('makes every append a call of its own, whose failure and deadline concern no other', async () => {
    await store.append(creation());
    expect(server.options).toEqual([expect.objectContaining({ credentials: { username: 'symbolon', password: 'secret' }, deadline: 1_000 })]);
  });

  it.each([
    ['a call failed', async () => {
      server.isAway = true;
      await expect(store.read('alpha-1')).rejects.toMatchObject({ name: 'Unavailable' });
      server.isAway = false;
    }],
    ['while nobody called', async () => server.watching.forEach((lost) => lost())],
  ])('writes nothing after its connection was lost (%s) before it has found the newest event that it knows', async (_, lose) => {
    await store.append(creation());
    const whole = server.log;
    server.log = [];
    for (const _each of whole) server.write('alpha-another');
    await lose();
    for (let left = 2; left > 0; left -= 1) await expect(store.append(creation())).rejects.toMatchObject({ name: 'Unavailable', cause: { name: 'LogReplaced' } });
    expect(server.log).toHaveLength(whole.length);
    server.log = whole;
    expect(await store.append(creation())).toEqual({ position: expect.any(String) });
  });

  it('uses no client again that heard nothing within the deadline', async () => {
    await store.close();
    store = eventStoreDB({ url: 'esdb://127.0.0.1:1?tls=false', deadline: 200 });
    await store.append({ ...creation(), stream: 'alpha-1' });
    server.isSwallowing = true;
    await expect(store.read('alpha-1')).rejects.toMatchObject({ name: 'Unavailable' });
    expect(await store.read('alpha-1')).toMatchObject({ revision: 1n });
  });

  it.each([3, 100])('ends where the newest record lies that is not the server\'s own (%d lie behind it)', async (count) => {
    server.write('alpha-1');
    const { commit, prepare } = server.write('alpha-1');
    for (let left = count; left > 0; left -= 1) server.write('$$alpha-1');
    expect(await store.head()).toBe(position(0, commit, prepare));
  });
});
