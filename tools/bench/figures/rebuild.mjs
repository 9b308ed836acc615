import { randomUUID } from 'node:crypto';
import { projection } from '../../../libs/event-sourcing/dist/index.js';
import { profiles } from '../../../services/profiles/dist/index.js';
import { attributeSet, openProfiles } from '../follow.mjs';

const PEOPLE = 10_000;
const NAMES = ['first_name', 'last_name', 'locale', 'phone', 'first_name', 'last_name', 'first_name', 'phone', 'birthdate', 'first_name'];

const attributes = profiles.subscriptions.find(({ name }) => name === 'profiles.attributes.v1');

async function fill({ store, events }) {
  const people = Array.from({ length: PEOPLE }, () => randomUUID());
  for (let from = 0; from < people.length; from += 50) {
    await Promise.all(
      people.slice(from, from + 50).map(async (subject) =>
        store.append({ stream: `profile-${subject}`, expected: -1n, events: await Promise.all(NAMES.map((name, index) => attributeSet(events, subject, name, `a value of some length ${index}`))) }),
      ),
    );
  }
}

/** Events a second into a read table that is built beside the live one, from the first event on; personal fields stay sealed. */
export const figure = {
  what: `rebuild of a read table with sealed fields (${PEOPLE * NAMES.length} events)`,
  goal: '≥ 50,000 events/s',
  unit: 'events/s',
  rounds: 5,
  async prepare() {
    const opened = await openProfiles();
    await fill(opened);
    const head = await opened.store.head();
    let version = 1;
    return {
      sides: {
        product: async () => {
          await opened.owner.query('truncate profiles.attributes_v1');
          version += 1;
          const rebuilt = projection(`profiles.attributes.v${version}`, attributes.from, attributes.table, attributes.on);
          const abort = new AbortController();
          const start = performance.now();
          const running = opened.follow(rebuilt, abort.signal);
          while ((running.state().position ?? '') < head) {
            if (running.state().stopped) throw new Error(running.state().stopped);
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
          const rate = (PEOPLE * NAMES.length) / ((performance.now() - start) / 1_000);
          abort.abort();
          await running.done;
          return rate;
        },
      },
      close: opened.close,
    };
  },
};
