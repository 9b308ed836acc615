import { randomUUID } from 'node:crypto';
import { projection, put, table } from '../../../libs/event-sourcing/dist/index.js';
import { attributeSet, openProfiles } from '../follow.mjs';
import { median, quantile } from '../statistics.mjs';

/** Milliseconds from the append's answer to the handler of a follower that had nothing to do; the median of 200 events, half of them after a pause. */
export const figure = {
  what: 'live event to an idle follower (p50 of 200)',
  goal: 'p50 ≤ 20 ms',
  unit: 'ms',
  digits: 1,
  rounds: 5,
  async prepare() {
    const opened = await openProfiles();
    const arrived = new Map();
    const watch = projection('profiles.watch.v1', { categories: ['profile'] }, table('profiles.profiles_v1', ['subject']), {
      AttributeSet: ({ id, metadata }) => {
        arrived.get(id)?.(performance.now());
        return put({ subject: metadata.subject, origin: 'bench', created_at: metadata.at });
      },
    });
    const abort = new AbortController();
    const running = opened.follow(watch, abort.signal);
    const one = async () => {
      const subject = randomUUID();
      const event = await attributeSet(opened.events, subject, 'first_name', 'Ann');
      const there = new Promise((resolve) => arrived.set(event.id, resolve));
      await opened.store.append({ stream: `profile-${subject}`, expected: -1n, events: [event] });
      const answered = performance.now();
      return Math.max(0, (await there) - answered);
    };
    return {
      sides: {
        product: async () => {
          const samples = [];
          for (let index = 0; index < 200; index += 1) {
            await new Promise((resolve) => setTimeout(resolve, index % 2 === 0 ? 0 : 20));
            samples.push(await one());
          }
          process.stdout.write(`    p99 ${quantile(samples, 0.99).toFixed(1)} ms\n`);
          return median(samples);
        },
      },
      async close() {
        abort.abort();
        await running.done;
        await opened.close();
      },
    };
  },
};
