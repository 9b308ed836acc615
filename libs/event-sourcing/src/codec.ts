import type { DomainEvent, Envelope, Metadata, NewEvent, Recorded } from './event.js';
import type { Delivered } from './bus.js';

/** Between events as deciders know them and bytes as stores keep them. Personal fields are sealed on the way in. */
export interface Codec<E extends DomainEvent = DomainEvent> {
  /** Throws `SubjectForgotten` when the subject's key was destroyed, `Invalid` when the data does not fit its schema. */
  encode(id: string, event: E, metadata: Metadata): Promise<NewEvent>;
  /** Personal fields opened; `FORGOTTEN` where the key is gone. Undefined: a type that this service does not know. */
  open(recorded: Recorded | Delivered): Promise<Envelope<E> | undefined>;
  /** Personal fields left sealed (as one opaque text each), as projections keep them. Needs no key. */
  sealed(recorded: Recorded | Delivered): Envelope<E> | undefined;
}
