import { describe, expect, it } from '@jest/globals';
import { cause, command, counter, jsonCodec } from '../test/counter.js';
import { commandHandler, eventId, memoryEventStore, Unavailable, type EventStore } from './index.js';

const over = (store: EventStore) => commandHandler(store, jsonCodec(), counter);

describe('a command', () => {
  it('becomes events at the revision that was read, with ids made from its own', async () => {
    const store = memoryEventStore();
    const asked = command(2);
    expect(await over(store).handle('counter-a', asked, cause)).toMatchObject({ revision: 1n, changed: true, repeated: false });
    expect((await store.read('counter-a')).events.map(({ id }) => id)).toEqual([eventId(asked.id, 0), eventId(asked.id, 1)]);
  });

  it('that has nothing to do answers the stream as it is', async () => {
    const store = memoryEventStore();
    await over(store).handle('counter-a', command(2), cause);
    expect(await over(store).handle('counter-a', command(0), cause)).toEqual({ position: await store.head(), revision: 1n, changed: false, repeated: false });
  });

  it('that is refused stores nothing', async () => {
    const store = memoryEventStore();
    expect(await over(store).handle('counter-a', command(11), cause)).toEqual({ refused: 'counter/too_much' });
    expect(await store.head()).toBeUndefined();
  });

  it('repeated answers as before, also after others, and stores nothing', async () => {
    const store = memoryEventStore();
    const asked = command(6);
    const first = await over(store).handle('counter-a', asked, cause);
    await over(store).handle('counter-a', command(1), cause);
    expect(await over(store).handle('counter-a', asked, cause)).toEqual({ ...first, repeated: true });
    expect((await store.read('counter-a')).revision).toBe(6n);
  });

  it('repeated under the same key with another body is a clash', async () => {
    const store = memoryEventStore();
    const asked = command(1);
    await over(store).handle('counter-a', asked, { ...cause, request: 'one' });
    expect(await over(store).handle('counter-a', asked, { ...cause, request: 'two' })).toEqual({ clash: 'idempotency_key_reused', revision: 0n });
  });

  it('is decided again after a conflict, on what is there by then', async () => {
    const store = memoryEventStore();
    const racing = meanwhile(store, 1);
    expect(await over(racing).handle('counter-a', command(2), cause)).toMatchObject({ revision: 2n, changed: true });
  });

  it('gives up after three more conflicts, as when an engine is away', async () => {
    await expect(over(meanwhile(memoryEventStore(), 4)).handle('counter-a', command(1), cause)).rejects.toThrow(Unavailable);
    expect(await over(meanwhile(memoryEventStore(), 3)).handle('counter-a', command(1), cause)).toMatchObject({ changed: true });
  });

  it('with If-Match is answered, not decided again, when the revision is another one', async () => {
    const store = memoryEventStore();
    await over(store).handle('counter-a', command(2), cause);
    expect(await over(store).handle('counter-a', command(1), { ...cause, ifMatch: 0n })).toEqual({ clash: 'revision_mismatch', revision: 1n });
    expect(await over(meanwhile(store, 1)).handle('counter-a', command(1), { ...cause, ifMatch: 1n })).toEqual({ clash: 'revision_mismatch', revision: 2n });
    expect(await over(store).handle('counter-a', command(1), { ...cause, ifMatch: 2n })).toMatchObject({ changed: true });
  });

  it('on a stream of its own reads nothing, and finds its repeat all the same', async () => {
    const store = memoryEventStore();
    let reads = 0;
    const counted: EventStore = { ...store, read: (...asked) => ((reads += 1), store.read(...asked)) };
    const asked = command(2);
    const first = await over(counted).handle('counter-own', asked, { ...cause, fresh: true });
    expect([first, reads]).toMatchObject([{ revision: 1n, changed: true, repeated: false }, 0]);
    expect(await over(counted).handle('counter-own', asked, { ...cause, fresh: true })).toEqual(first);
    expect(reads).toBe(0);
    expect(await over(counted).handle('counter-own', asked, { ...cause, fresh: true, request: 'two' })).toMatchObject({ clash: 'idempotency_key_reused' });
    expect((await store.read('counter-own')).revision).toBe(1n);
  });

  it('whose append has an unknown outcome is sent again unchanged and counts once', async () => {
    const store = memoryEventStore();
    const answerless = losingAnswers(store, 2);
    expect(await over(answerless).handle('counter-a', command(3), cause)).toMatchObject({ revision: 2n, changed: true });
    expect((await store.read('counter-a')).revision).toBe(2n);
    await expect(over(losingAnswers(store, 9)).handle('counter-b', command(3), cause)).rejects.toThrow(Unavailable);
  });
});

/** Somebody else appends just before each of the next appends. */
const meanwhile = (store: EventStore, times: number): EventStore => ({
  ...store,
  append: async (append) => {
    if (times-- > 0) await over(store).handle(append.stream, command(1), cause);
    return store.append(append);
  },
});

/** Stores, but the answer is lost. */
const losingAnswers = (store: EventStore, times: number): EventStore => ({
  ...store,
  append: async (append) => {
    const answer = await store.append(append);
    if (times-- > 0) throw new Unavailable('store');
    return answer;
  },
});
