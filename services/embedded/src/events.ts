// `symbolon events …`: works on the installation of this machine while its services are stopped, or sets up an event store for it. The command line starts it as a process of its own.
import { CannotStart, copyEvents, eventsRestored, setUpEventStore, WrongSettings } from '@symbolon/boot';
import type { Voice } from '@symbolon/boot';
import { root, services } from './services.js';

const options = { root, environment: process.env, services };

/** A terminal sees one line that changes; a file, a line every two seconds. */
function voice(): Voice {
  let shown = 0;
  const clear = process.stdout.isTTY ? '\r\x1b[K' : '';
  return {
    say: (line) => console.log(clear + line),
    show: (line) => {
      const every = process.stdout.isTTY ? 100 : 2_000;
      if (Date.now() - shown < every) return;
      shown = Date.now();
      process.stdout.write(process.stdout.isTTY ? clear + line : `${line}\n`);
    },
  };
}

/** Addresses come in the environment: arguments are seen by everybody on the machine. */
const { EVENTS_FROM = '', EVENTS_TO = '', EVENTS_ADMIN = '', EVENTS_USER = '', EVENTS_NEW_PASSWORD, EVENTS_TAKE_OVER } = process.env;

const commands: Readonly<Record<string, () => Promise<void>>> = {
  copy: () => copyEvents({ ...options, from: EVENTS_FROM, to: EVENTS_TO }, voice()),
  restored: () => eventsRestored(options, voice()),
  setup: () => setUpEventStore({ admin: EVENTS_ADMIN, user: EVENTS_USER, newPassword: EVENTS_NEW_PASSWORD === 'yes', takeOver: EVENTS_TAKE_OVER === 'yes', environment: process.env }, voice()),
};

try {
  await commands[process.argv[2]!]!();
} catch (error) {
  const isKnown = error instanceof CannotStart || error instanceof WrongSettings || (error instanceof Error && /^(Invalid|Unavailable|EmbeddedServerRefused)$/.test(error.name));
  console.error(isKnown ? error.message : error);
  process.exitCode = 1;
}
