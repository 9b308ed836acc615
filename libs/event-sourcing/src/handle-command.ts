import type { Codec } from './codec.js';
import type { Cause, CommandHandler, Done, Outcome } from './command-handler.js';
import type { Command, Decider } from './decider.js';
import { timeLeft } from './deadline.js';
import { eventId } from './event-id.js';
import { Unavailable, type Append, type Appended, type EventStore } from './event-store.js';
import { NO_STREAM } from './event.js';
import type { DomainEvent, Metadata, NewEvent, Position, Revision, StreamName } from './event.js';

const CONFLICTS = 3;
const RESENDS = 3;

/** Builds the one way in which a command becomes events: read, fold, decide, append at the revision that was read. */
export const commandHandler = <S, C extends Command, E extends DomainEvent, R extends string>(
  store: EventStore,
  codec: Codec<E>,
  decider: Decider<S, C, E, R>,
): CommandHandler<C, R> => ({
  async handle(stream: StreamName, command: C, cause: Cause): Promise<Outcome<R>> {
    for (let attempt = 0; attempt <= CONFLICTS; attempt++) {
      const unread = attempt === 0 && cause.fresh === true && cause.request === undefined; // under a key, another body must be found
      const now = unread ? nothingIn(decider) : await fold(store, codec, decider, stream, command.id);
      if (now.stored) return answerAgain(now.stored, cause);
      if (cause.ifMatch !== undefined && cause.ifMatch !== now.revision) return { clash: 'revision_mismatch', revision: now.revision };
      const decided = decider.decide(command, now.state);
      if (!isList(decided)) return decided;
      if (decided.length === 0) return { position: now.position, revision: now.revision, changed: false, repeated: false };
      const events = await encode(codec, command, decided, cause);
      const appended = await appendSurely(store, { stream, expected: now.revision, events });
      if ('position' in appended) {
        return { position: appended.position, revision: now.revision + BigInt(events.length), changed: true, repeated: false };
      }
    }
    throw new Unavailable(`stream ${stream}`); // so many writers at once that waiting is the only advice
  },
});

type Stored = Readonly<{ request: string | undefined; position: Position; revision: Revision }>;
type Folded<S> = Readonly<{ state: S; revision: Revision; position: Position | undefined; stored: Stored | undefined }>;

const nothingIn = <S>(decider: Decider<S, any, any, string>): Folded<S> => ({ state: decider.initial, revision: NO_STREAM, position: undefined, stored: undefined });

const fold = async <S, C extends Command, E extends DomainEvent>(
  store: EventStore,
  codec: Codec<E>,
  decider: Decider<S, C, E, string>,
  stream: StreamName,
  command: string,
): Promise<Folded<S>> => {
  const { events, revision } = await store.read(stream);
  let state = decider.initial;
  let stored: Stored | undefined;
  let mine = 0; // how many events of this very command lie in the stream
  for (const recorded of events) {
    const envelope = await codec.open(recorded);
    if (recorded.id === eventId(command, mine)) {
      mine++;
      stored = { request: stored ? stored.request : envelope?.metadata.request, position: recorded.position, revision: recorded.revision };
    }
    if (envelope) state = decider.evolve(state, envelope.event);
  }
  return { state, revision, position: events.at(-1)?.position, stored };
};

const answerAgain = (stored: Stored, cause: Cause): Done | Readonly<{ clash: 'idempotency_key_reused'; revision: Revision }> =>
  stored.request === cause.request
    ? { position: stored.position, revision: stored.revision, changed: true, repeated: true }
    : { clash: 'idempotency_key_reused', revision: stored.revision };

const encode = <E extends DomainEvent>(codec: Codec<E>, command: Command, events: readonly E[], cause: Cause): Promise<NewEvent[]> => {
  const metadata: Metadata = {
    at: command.at,
    ...(cause.subject !== undefined && { subject: cause.subject }),
    actor: cause.actor,
    correlation: cause.correlation,
    causation: cause.causation ?? command.id,
    ...(cause.traceparent !== undefined && { traceparent: cause.traceparent }),
    ...(cause.request !== undefined && { request: cause.request }),
  };
  return Promise.all(events.map((event, index) => codec.encode(eventId(command.id, index), event, metadata)));
};

/** An append of unknown outcome is sent again with the same revision and the same ids, so that it can only ever count once. */
const appendSurely = async (store: EventStore, append: Append): Promise<Appended> => {
  for (let resend = 0; ; resend++) {
    try {
      return await store.append(append);
    } catch (error) {
      if (!(error instanceof Unavailable) || resend === RESENDS || timeLeft(1) === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** resend));
    }
  }
};

const isList = <T>(value: readonly T[] | object): value is readonly T[] => Array.isArray(value);
