import { CannotStart } from '../cannot-start.js';
import { step } from '../progress.js';
import type { Voice } from './commands.js';

/** `admin`: the event store's address with an administrator. `user`: the name that Symbolon shall have there. */
export type EventStoreSetup = Readonly<{ admin: string; user: string; newPassword: boolean; takeOver: boolean; environment: NodeJS.ProcessEnv }>;

/**
 * `symbolon events setup`: makes a user with the least rights for Symbolon on an EventStoreDB, says what the server lacks, and shows the address to start with.
 * Needs no installation; may run while Symbolon runs.
 */
export async function setUpEventStore({ admin, user, newPassword, takeOver, environment }: EventStoreSetup, { say }: Pick<Voice, 'say'>): Promise<void> {
  if (!/^esdb(\+discover)?:/.test(admin)) throw new CannotStart('Only EventStoreDB needs to be set up; the database of the installation is ready. Give its address: esdb://admin:password@host:2113?tlsCAFile=…');
  const { setUpEventStoreDB } = await import('@symbolon/eventstoredb');
  const { where, version, isInsecure, lacks, changed, tried, address } = await setUpEventStoreDB({ admin, user, newPassword, takeOver, inUse: environment['SYMBOLON_EVENT_STORE_URL'] }, (title, work) => step(title, work, say));
  say(`  EventStoreDB ${version} at ${where}`);
  if (isInsecure) say('  The server is insecure, so there are no rights to set.');
  else list(say, 'Changed:', changed, 'Everything was set up already; nothing was changed.');
  list(say, 'Tried:', tried);
  if (!isInsecure) say('  Whoever reads the whole log reads the salted hashes of the passwords of all users of the server, so give administrators long random ones.');
  list(say, 'Should be mended:', lacks, 'Version and settings are as they should be.');
  if (address === undefined) return;
  say(isInsecure ? '  Start Symbolon with:' : '  Start Symbolon with this line. The password is shown only now:');
  say(`SYMBOLON_EVENT_STORE_URL=${address}`);
}

function list(say: Voice['say'], title: string, sentences: readonly string[], none?: string): void {
  if (sentences.length > 0) say(`  ${title}`);
  else if (none) say(`  ${none}`);
  for (const sentence of sentences) say(`  - ${sentence}${sentence.endsWith('.') ? '' : '.'}`);
}
