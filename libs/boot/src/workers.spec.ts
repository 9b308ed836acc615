import { expect, it } from '@jest/globals';
import { keepRunning } from './workers.js';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

it('starts a worker again that threw, until it is told to stop', async () => {
  const stop = new AbortController();
  let runs = 0;
  const run = async () => {
    runs += 1;
    if (runs === 2) stop.abort();
    throw new Error('away');
  };
  await keepRunning({ name: 'w', run }, stop.signal, silent);
  expect(runs).toBe(2);
});

it('lets a worker end that is done', async () => {
  let runs = 0;
  await keepRunning({ name: 'w', run: async () => void (runs += 1) }, new AbortController().signal, silent);
  expect(runs).toBe(1);
});
