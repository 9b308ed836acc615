import { randomUUID } from 'node:crypto';
import { appending } from './append.mjs';
import { bare, event, missing, openServer, unary } from './eventstoredb.mjs';

/** One event an append, each to a stream of its own, against the bare client's appends, on the same server on disk. */
export const appendFigure = (writers) => ({
  what: `EventStoreDB: append, one event, ${writers} ${writers === 1 ? 'writer' : 'writers'}, disk`,
  against: 'bare client, unary appends',
  goal: '≥ 0.90',
  unit: '/s',
  rounds: 7,
  warmUp: 1,
  missing,
  async prepare() {
    const { store, client, close } = await openServer();
    return {
      sides: {
        product: () =>
          appending(writers, 3_000, async () => {
            const appended = await store.append({ stream: `profile-${randomUUID()}`, expected: -1n, events: [event()] });
            if (!('position' in appended)) throw new Error('an append to a new stream conflicted');
          }),
        peer: () => appending(writers, 3_000, () => client.appendToStream(`profile-${randomUUID()}`, [bare()], { expectedRevision: 'no_stream', ...unary })),
      },
      close,
    };
  },
});
