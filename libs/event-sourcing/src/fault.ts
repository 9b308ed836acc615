/**
 * Where the fault of a failed step lies. `away`: an engine does not answer. `engine`: it answers, and refuses whatever the event is (a table or a right is
 * missing). `value`: this event can never be handled as it is. `unknown`: it may be either.
 */
export type Fault = 'away' | 'engine' | 'value' | 'unknown';

/** Thrown in place of what a projection, a reaction or a publication, or the reading of an event, threw: it saw nothing but the event. */
export class OfTheEvent extends Error {
  override readonly name = 'OfTheEvent';
}

/** Whether an error says that an engine is away. By name, so that an adapter may bring its own class. */
export const isUnavailable = (error: unknown): boolean => error instanceof Error && error.name === 'Unavailable';

/** By name, so that an adapter may bring classes of its own; an adapter that knows more marks the error with `fault: 'engine'` or `fault: 'value'`. */
export function faultOf(error: unknown): Fault {
  if (isUnavailable(error)) return 'away';
  if (error instanceof OfTheEvent) return 'value';
  const { fault, name } = (error ?? {}) as { fault?: unknown; name?: unknown };
  if (fault === 'engine' || fault === 'value') return fault;
  return name === 'Invalid' ? 'value' : 'unknown';
}

/** Runs what sees nothing but the event. */
export function ofTheEvent<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new OfTheEvent('an event could not be handled', { cause });
  }
}
