import type { Command, Decider } from './decider.js';
import type { DomainEvent, Envelope, Position, StreamName } from './event.js';
import type { Cause } from './command-handler.js';

/** A value that a column takes. Sealed personal data is text as the codec's `sealed` gives it. */
export type Cell = string | number | boolean | bigint | null | Uint8Array | readonly string[] | Readonly<Record<string, unknown>>;

/** A read table: schema-qualified name and the columns of its key. */
export type Table = Readonly<{ name: string; key: readonly string[] }>;

/** A row to put (columns that it does not name keep their value) or to remove, by the table's key. `position` columns may take the event's position. */
export type RowChange = Readonly<{ put: Readonly<Record<string, Cell>> }> | Readonly<{ remove: Readonly<Record<string, Cell>> }>;

/** Names the table. */
export const table = (name: string, key: readonly string[]): Table => ({ name, key });
export const put = (row: Readonly<Record<string, Cell>>): RowChange => ({ put: row });
export const remove = (key: Readonly<Record<string, Cell>>): RowChange => ({ remove: key });

type Handlers<E extends DomainEvent, T> = { readonly [K in E['type']]?: (envelope: Envelope<Extract<E, { type: K }>>) => T };

/** `store`: this service's own streams by category. `topic`: a public package of any service. */
export type Source = Readonly<{ categories: readonly string[] }> | Readonly<{ topic: string }>;

/** Event → rows of one read table. Pure; receives sealed personal fields. */
export type Projection<E extends DomainEvent = any> = Readonly<{ kind: 'projection'; name: string; from: Source; table: Table; on: Handlers<E, RowChange | readonly RowChange[] | undefined> }>;

/** Another service's (or one's own) event → a command on one stream of one's own. Receives opened personal fields. */
export type Reaction<E extends DomainEvent = any, C extends Command = any> = Readonly<{
  kind: 'reaction';
  name: string;
  from: Source;
  decider: Decider<any, C, any, any>;
  /** The command's id and time are filled in by the loop: uuidv5(name, event id), the event's time. */
  on: Handlers<E, Readonly<{ stream: StreamName; command: Omit<C, 'id' | 'at'>; cause?: Partial<Cause> }> | undefined>;
}>;

/** Own event → public event, or nothing. Receives opened personal fields; they are sealed again on the way out. */
export type Publication<E extends DomainEvent = any, P extends DomainEvent = any> = Readonly<{
  kind: 'publication';
  name: string;
  from: Readonly<{ categories: readonly string[] }>;
  topic: string;
  /** The key is the subject for a person's streams, else the stream: chosen by the loop. */
  on: Handlers<E, P | undefined>;
}>;

/** Everything that follows events is one of these three, run by the same loop. Name: `<service>.<what>.v<n>`. */
export type Subscription = Projection | Reaction | Publication;

export const projection = <E extends DomainEvent>(name: string, from: Source, into: Table, on: Projection<E>['on']): Projection<E> => ({ kind: 'projection', name, from, table: into, on });
export const reaction = <E extends DomainEvent, C extends Command>(name: string, from: Source, decider: Decider<any, C, any, any>, on: Reaction<E, C>['on']): Reaction<E, C> => ({ kind: 'reaction', name, from, decider, on });
export const publication = <E extends DomainEvent, P extends DomainEvent>(name: string, categories: readonly string[], topic: string, on: Publication<E, P>['on']): Publication<E, P> => ({ kind: 'publication', name, from: { categories }, topic, on });

/** An event that could not be handled, kept whole (`event`, sealed as it was stored) with its position and error; later events of the same key wait behind it. */
export type Parked = Readonly<{ key: string; position: Position; event: string; error: string; attempts: number }>;
