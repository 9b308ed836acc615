import { ERA_STREAM, eraBegan, eraIn, eraOf, inEra } from '@symbolon/event-sourcing';
import type { Position, Recorded } from '@symbolon/event-sourcing';
import type { Tx } from '@symbolon/postgres';
import { CannotStart } from '../cannot-start.js';
import { copyLog } from './copy.js';
import { whileStopped } from './installation.js';
import type { Installation, InstallationOptions, KeptPlace } from './installation.js';

/** `say` shows a line that lasts; `show` one that the next replaces. */
export type Voice = Readonly<{ say(line: string): void; show(line: string): void }>;

const now = (): string => new Date().toISOString();

/**
 * `symbolon events copy`: brings the events of one engine to another and moves the places of the followers with them, so that they go on where they were.
 * `from`, `to`: `postgres:` (the installation's own database) or `esdb:…`. Repeatable; goes on where an earlier run stopped.
 */
export const copyEvents = (options: InstallationOptions & Readonly<{ from: string; to: string }>, { say, show }: Voice): Promise<void> =>
  whileStopped(options, async (installation) => {
    const [from, to] = [await installation.log(options.from), await installation.log(options.to)];
    try {
      const places = await installation.places();
      const said = (what: string, events: number): void => show(`  ${what} ${events} events`);
      const copied = await copyLog({ from, to, places: places.map(({ position }) => position), said, now: now() });
      await moved(installation, places.filter(({ position }) => eraOf(position) !== copied.era).map((place) => ({ ...place, to: copied.places.get(place.position) })));
      say(`  ${copied.events} events lie ${to.where}, each compared with what lies ${from.where}; positions are now handed out in era ${copied.era}.`);
      say(`  Start Symbolon with SYMBOLON_EVENT_STORE_URL=${options.to === 'postgres:' ? 'postgres:' : '<the address that you copied to>'}. It refuses the other log from now on.`);
    } finally {
      await Promise.allSettled([from.close(), to.close()]);
    }
  });

async function moved({ database }: Installation, places: readonly (KeptPlace & Readonly<{ to: Position | undefined }>)[]): Promise<void> {
  await database.transaction(async (tx) => {
    for (const { service, subscription, to } of places) await place(tx, service, subscription.name, to);
  });
}

const place = (tx: Tx, service: string, subscription: string, position: Position | undefined): Promise<unknown> =>
  tx.query(`update "${service}".followers set position = $1, epoch = epoch + 1, owner = null, leased_until = '-infinity' where subscription = $2`, [position ?? '', subscription]);

/**
 * `symbolon events restored`: after the event store was restored from a backup that is older than what was handled. Begins an era, so that positions are
 * handed out that come after every one before. Places at or below the log's end stay where they are; read tables that hold more than the log are emptied
 * and filled again; reactions and publications go on at the log's end.
 */
export const eventsRestored = (options: InstallationOptions, { say }: Voice): Promise<void> =>
  whileStopped(options, async (installation) => {
    const log = await installation.log(installation.settings.eventStoreUrl);
    try {
      const { head, era, revision } = await endOf(log.read());
      const places = await installation.places();
      const wrong = places.find(({ position }) => head !== undefined && position.length !== head.length);
      if (wrong) throw new CannotStart(`${wrong.subscription.name} keeps a place in the log of another engine than ${log.where}. Set SYMBOLON_EVENT_STORE_URL to the log that was restored.`);
      const next = Math.max(era, ...places.map(({ position }) => eraOf(position))) + 1;
      await log.write([{ ...eraBegan(next, now(), 'events restored'), stream: ERA_STREAM, revision: revision + 1n }]);
      const beyond = places.filter(({ position }) => head === undefined || position.slice(4) > head.slice(4));
      const emptied = [...new Set(beyond.flatMap(({ subscription }) => (subscription.kind === 'projection' ? [subscription.table.name] : [])))];
      await installation.database.transaction(async (tx) => {
        for (const { service, subscription, position } of places) await place(tx, service, subscription.name, settled(beyond, position, head, next));
        for (const name of emptied) await tx.query(`truncate ${name}`);
        for (const { service, subscription } of refilled(installation, emptied)) await begunAgain(tx, service, subscription);
      });
      say(`  Positions are now handed out in era ${next}.`);
      for (const { subscription } of beyond) say(`  ${subscription.name} had handled more than the log holds: ${subscription.kind === 'projection' ? 'its table is filled again' : 'it goes on at the end of the log'}.`);
    } finally {
      await log.close();
    }
  });

const settled = (beyond: readonly KeptPlace[], position: Position, head: Position | undefined, era: number): Position | undefined =>
  beyond.some((place) => place.position === position) ? head && inEra(era, head) : inEra(era, position);

/** Every subscription that fills one of these tables, whatever it follows. */
const refilled = ({ services }: Installation, tables: readonly string[]): { service: string; subscription: string }[] =>
  services.flatMap(({ name, subscriptions }) => subscriptions.flatMap((each) => (each.kind === 'projection' && tables.includes(each.table.name) ? [{ service: name, subscription: each.name }] : [])));

async function begunAgain(tx: Tx, service: string, subscription: string): Promise<void> {
  await place(tx, service, subscription, undefined);
  for (const table of ['seen', 'parked']) await tx.query(`delete from "${service}".${table} where subscription = $1`, [subscription]);
}

async function endOf(events: AsyncIterable<Recorded>): Promise<{ head: Position | undefined; era: number; revision: bigint }> {
  let [head, era, revision]: [Position | undefined, number, bigint] = [undefined, 0, -1n];
  for await (const event of events) {
    head = event.position;
    if (event.stream === ERA_STREAM) [era, revision] = [eraIn(event.data), event.revision];
  }
  return { head, era, revision };
}
