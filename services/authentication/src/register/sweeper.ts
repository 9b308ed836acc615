import type { Worker } from '@symbolon/web';
import type { AccountCreation } from './create-account.js';
import type { Registrations } from './registrations.js';

/** Pause between two rounds. Milliseconds. */
const PAUSE = 15_000;

/** Decides reservations that a dead process left behind, and removes registrations that nobody completed. */
export const registrationSweeper = (accounts: Pick<AccountCreation, 'sweep'>, registrations: Pick<Registrations, 'removeExpired'>): Worker => ({
  name: 'authentication.registrations',
  async run(signal) {
    while (!signal.aborted) {
      await accounts.sweep();
      await registrations.removeExpired();
      await pause(signal);
    }
  },
});

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, PAUSE);
    signal.addEventListener('abort', end);
  });
