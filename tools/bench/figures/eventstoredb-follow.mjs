import { fill, missing, openServer } from '../eventstoredb.mjs';

const EVENTS = 20_000;

/** Events a second of one category, followed from the log's beginning, every other event being of another category. */
export const figure = {
  what: `EventStoreDB: filtered follow from the start (${EVENTS} of ${2 * EVENTS} events)`,
  against: 'bare subscription with the same filter',
  goal: '≥ 0.80',
  unit: 'events/s',
  rounds: 7,
  warmUp: 1,
  missing,
  async prepare() {
    const { store, client, close } = await openServer();
    await fill(store, 'profile', EVENTS);
    const perSecond = async (items, isEvent) => {
      const began = performance.now();
      let count = 0;
      for await (const item of items) if (isEvent(item) && ++count === EVENTS) break;
      return count / ((performance.now() - began) / 1_000);
    };
    return {
      sides: {
        product: async () => {
          const over = new AbortController();
          const rate = await perSecond(store.follow(['profile'], undefined, over.signal), (item) => !('passed' in item));
          over.abort();
          return rate;
        },
        peer: () => perSecond(client.subscribeToAll({ filter: { filterOn: 'streamName', prefixes: ['profile-'], checkpointInterval: 1 } }), () => true),
      },
      close,
    };
  },
};
