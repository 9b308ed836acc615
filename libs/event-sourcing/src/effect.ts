import type { Message } from './bus.js';
import type { Entry } from './entry.js';
import { publicEventId, uuidv5 } from './event-id.js';
import { ofTheEvent } from './fault.js';
import type { DomainEvent, Envelope, NewEvent } from './event.js';
import { mergeRows } from './rows.js';
import type { Wiring } from './run-subscription.js';
import type { Publication, Projection, Reaction, RowChange, Subscription } from './subscription.js';

/** Carries out what some events ask for and gives back the rows to commit with the place. Throws: nothing of it counts as done. */
export type Effect = (entries: readonly Entry[]) => Promise<readonly RowChange[]>;

/** The effect of each kind of subscription. */
export const effectOf = (subscription: Subscription, wiring: Wiring): Effect => {
  const effect = kinds[subscription.kind](subscription as never, wiring);
  return async (entries) => {
    for (const { error } of entries) if (error !== undefined) throw error;
    return effect(entries.map(({ envelope }) => envelope!));
  };
};

type OnEnvelopes = (envelopes: readonly Envelope[]) => Promise<readonly RowChange[]>;

const project =
  (projection: Projection): OnEnvelopes =>
  async (envelopes) =>
    ofTheEvent(() => mergeRows(projection.table, envelopes.flatMap((envelope) => projection.on[envelope.event.type]?.(envelope as never) ?? [])));

const react =
  (reaction: Reaction, { handlerFor }: Wiring): OnEnvelopes =>
  async (envelopes) => {
    for (const envelope of envelopes) {
      const { id, sequence, metadata, event } = envelope;
      const asked = ofTheEvent(() => reaction.on[event.type]?.(envelope as never));
      if (!asked) continue;
      const { actor, correlation, subject, traceparent } = metadata;
      const command = { sequence, ...asked.command, id: uuidv5(reaction.name, id), at: metadata.at };
      // A refusal is an answer like any other: the reaction is done.
      await unlessForgotten(() =>
        handlerFor(reaction.decider).handle(asked.stream, command, { correlation, causation: id, subject, traceparent, ...asked.cause, actor: asked.cause?.actor ?? actor }),
      );
    }
    return [];
  };

const publish =
  (publication: Publication, { bus, publicCodec }: Wiring): OnEnvelopes =>
  async (envelopes) => {
    const messages = await Promise.all(envelopes.map((envelope) => messageOf(publication, publicCodec(publication.topic).encode, envelope)));
    const some = messages.filter((message) => message !== undefined);
    if (some.length > 0) await bus.publish(some);
    return [];
  };

type Encode = (id: string, event: DomainEvent, metadata: Envelope['metadata']) => Promise<NewEvent>;

const messageOf = async ({ on, topic }: Publication, encode: Encode, envelope: Envelope): Promise<Message | undefined> => {
  const event = ofTheEvent(() => on[envelope.event.type]?.(envelope as never));
  if (!event) return undefined;
  const { request: _, ...metadata } = envelope.metadata; // the key's fingerprint is nobody's business outside
  const encoded = await unlessForgotten(() => encode(publicEventId(topic, envelope.id), event, metadata));
  return encoded && { ...encoded, topic, key: metadata.subject ?? envelope.stream, sequence: envelope.position };
};

/** What is about a person who was forgotten meanwhile is done, not poison. */
const unlessForgotten = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && error.name === 'SubjectForgotten') return undefined;
    throw error;
  }
};

const kinds = { projection: project, reaction: react, publication: publish };
