import { Unavailable, type Bus, type EventStore } from '@symbolon/event-sourcing';
import type { Link } from './link.js';

type State = 'healed' | 'cut' | 'silent' | 'deaf';

/** A link for adapters that have no network: calls fail as a real client's would once its deadline has passed. */
export const inProcessLink = (): Link & { store(store: EventStore): EventStore; bus(bus: Bus): Bus } => {
  let state: State = 'healed';
  let broken = new AbortController();
  const become = async (next: State): Promise<void> => {
    state = next;
    broken.abort();
    broken = new AbortController();
  };
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    if (state === 'cut' || state === 'silent') throw new Unavailable('memory');
    const answer = await work();
    if (state === 'deaf') throw new Unavailable('memory');
    return answer;
  };
  const stream = async function* <T>(open: (signal: AbortSignal) => AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
    if (state !== 'healed') throw new Unavailable('memory');
    const { signal: gone } = broken;
    for await (const item of open(AbortSignal.any([signal, gone]))) {
      if (gone.aborted) break;
      yield item;
    }
    if (gone.aborted && !signal.aborted) throw new Unavailable('memory');
  };
  return {
    cut: () => become('cut'),
    silence: () => become('silent'),
    deafen: () => become('deaf'),
    heal: () => become('healed'),
    store: (store) => ({
      append: (append) => call(() => store.append(append)),
      read: (...read) => call(() => store.read(...read)),
      head: () => call(() => store.head()),
      follow: (categories, after, signal) => stream((either) => store.follow(categories, after, either), signal),
    }),
    bus: (bus) => ({
      publish: (messages) => call(() => bus.publish(messages)),
      follow: (topic, group, after, signal) => stream((either) => bus.follow(topic, group, after, either), signal),
    }),
  };
};
