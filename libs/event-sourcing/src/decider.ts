import type { DomainEvent, Position } from './event.js';

/** A refusal is a value: its stable code `<service>/<snake_case>` is also the problem type on the wire. */
export type Refused<R extends string> = Readonly<{ refused: R }>;

/** Refuses a command. */
export const refuse = <R extends string>(refused: R): Refused<R> => ({ refused });

/** Every command carries its id (UUID), the time and who caused it: deciders have no clock and draw no ids. */
export type Command = Readonly<{
  type: string;
  id: string;
  at: string;
  /** Filled in by a reaction: the position of the event that caused it. A decider ignores causes older than the one it holds. */
  sequence?: Position;
}>;

/**
 * The rules of one kind of stream: `evolve` folds what happened into state, `decide` answers a command with events (none: nothing to do)
 * or a refusal. Pure, total, synchronous.
 */
export type Decider<S, C extends Command, E extends DomainEvent, R extends string> = Readonly<{
  initial: S;
  evolve(state: S, event: E): S;
  decide(command: C, state: S): readonly E[] | Refused<R>;
}>;
