import { ERA_STREAM, eraBegan, eraIn, inEra } from '@symbolon/event-sourcing';
import type { Position, Recorded, WholeLog } from '@symbolon/event-sourcing';
import { CannotStart } from '../cannot-start.js';

/** So many events are written at once. */
const BATCH = 500;

/** `places`: positions in `from` whose counterparts are wanted. `said` hears how many events were copied, or verified, so far. `now`: ISO time. */
export type CopyOptions = Readonly<{ from: WholeLog; to: WholeLog; places: readonly Position[]; said(what: 'copying' | 'verifying', events: number): void; now: string }>;

/** `places`: where the same event lies in `to` (absent: before the first one). */
export type Copied = Readonly<{ events: number; era: number; places: ReadonlyMap<Position, Position> }>;

/**
 * Makes `to` hold what `from` holds: same streams, revisions, ids, bytes and order. What `to` holds already must be a beginning of it, so an interrupted copy
 * goes on where it stopped, and a log that was copied once and has grown since is brought up to date. Then every event is compared, and an era begins in `to`,
 * whose positions come after all that were handed out before. Throws `CannotStart` with the reason when the two are not of one history.
 */
export async function copyLog({ from, to, places, said, now }: CopyOptions): Promise<Copied> {
  await bringOver(from, to, said);
  const compared = await compare({ from, to, said, places });
  const era = Math.max(compared.eras.from, compared.eras.to) + (compared.begun ? 0 : 1);
  if (!compared.begun) await to.write([{ ...eraBegan(era, now, 'events copy'), stream: ERA_STREAM, revision: compared.eraRevision + 1n }]);
  return { events: compared.events, era, places: new Map([...compared.places].map(([old, place]) => [old, inEra(era, place)])) };
}

async function bringOver(from: WholeLog, to: WholeLog, said: CopyOptions['said']): Promise<void> {
  const there = to.read()[Symbol.asyncIterator]();
  let before = await there.next();
  let count = 0;
  let batch: Recorded[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await to.write(batch);
    batch = [];
    said('copying', count);
  };
  for await (const event of from.read()) {
    count += 1;
    if (!before.done) {
      if (!same(event, before.value)) throw differs(from, to, count, event, before.value);
      before = await there.next();
    } else batch.push(event);
    if (batch.length === BATCH) await flush();
  }
  await flush();
}

type Compared = Readonly<{ events: number; places: ReadonlyMap<Position, Position>; eras: Readonly<{ from: number; to: number }>; eraRevision: bigint; begun: boolean }>;

/** Both logs side by side, from the first event to the last. Beyond what was copied `to` may hold one event: an earlier run began the era already. */
async function compare({ from, to, said, places }: Omit<CopyOptions, 'now'>): Promise<Compared> {
  const there = to.read()[Symbol.asyncIterator]();
  const counterparts = new Counterparts(places);
  let events = 0;
  const eras = { from: 0, to: 0 };
  let eraRevision = -1n;
  for await (const event of from.read()) {
    const { done, value } = await there.next();
    if (done || !same(event, value)) throw differs(from, to, events + 1, event, value);
    if (event.stream === ERA_STREAM) [eras.from, eras.to, eraRevision] = [eraIn(event.data), eraIn(event.data), event.revision];
    counterparts.pass(event.position, value.position);
    if ((events += 1) % BATCH === 0) said('verifying', events);
  }
  said('verifying', events);
  const rest: Recorded[] = [];
  for (let more = await there.next(); !more.done; more = await there.next()) rest.push(more.value);
  const [begun, further] = rest;
  if (further || (begun && begun.stream !== ERA_STREAM)) throw new CannotStart(`The log ${to.where} holds ${rest.length} events that the log ${from.where} does not have: it was written to since. Copy the other way, or empty it.`);
  if (begun) eras.to = eraIn(begun.data);
  return { events, places: counterparts.all(), eras, eraRevision, begun: begun !== undefined };
}

const differs = (from: WholeLog, to: WholeLog, number: number, event: Recorded, other: Recorded | undefined): CannotStart =>
  new CannotStart(
    other
      ? `The two logs have different histories: event ${number} is ${event.type} at ${event.stream} ${event.revision} ${from.where} and ${other.type} at ${other.stream} ${other.revision} ${to.where}. Copy into an empty log.`
      : `Event ${number} (${event.type} at ${event.stream} ${event.revision}) did not arrive ${to.where}. Run the command again; it goes on where it stopped.`,
  );

const same = (one: Recorded, other: Recorded): boolean =>
  one.id === other.id && one.stream === other.stream && one.revision === other.revision && one.type === other.type && equal(one.metadata, other.metadata) && equal(one.data, other.data);

const equal = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** Finds for each place the last event at or before it: a kept place may lie between two events (progress on a quiet log). */
class Counterparts {
  private readonly wanted: Position[];
  private readonly found = new Map<Position, Position>();
  private last: Position | undefined;

  constructor(places: readonly Position[]) {
    this.wanted = [...new Set(places)].sort((one, other) => (inEra(0, one) < inEra(0, other) ? -1 : 1));
  }

  /** Takes the events in log order. */
  pass(old: Position, counterpart: Position): void {
    while (this.wanted[0] !== undefined && inEra(0, this.wanted[0]) < inEra(0, old)) this.settle();
    this.last = counterpart;
  }

  all(): ReadonlyMap<Position, Position> {
    while (this.wanted.length > 0) this.settle();
    return this.found;
  }

  private settle(): void {
    const place = this.wanted.shift()!;
    if (this.last !== undefined) this.found.set(place, this.last);
  }
}
