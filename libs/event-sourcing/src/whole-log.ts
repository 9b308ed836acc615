import type { NewEvent, Position, Recorded } from './event.js';
import { uuidv5 } from './event-id.js';

/**
 * A log as one sequence, whoever its streams belong to: for moving it to another engine. Nobody else writes meanwhile.
 * Methods throw `Unavailable` when the engine does not answer.
 */
export interface WholeLog {
  /** The engine, as it may be shown. */
  readonly where: string;
  /** Every event in log order, each once; ends where the log ends. */
  read(): AsyncIterable<Recorded>;
  /** Appends in exactly this order, at the revisions that the events have; resolves when all of it is stored. What was stored when it throws is a beginning of `events`. */
  write(events: readonly Omit<Recorded, 'position'>[]): Promise<void>;
  close(): Promise<void>;
}

/** The stream whose last event says in which era positions are handed out. */
export const ERA_STREAM = 'log-era';

/** The event that begins an era (1 to 65535). `at` is an ISO time, `why` the command that was run. */
export const eraBegan = (era: number, at: string, why: string): NewEvent => {
  const id = uuidv5('symbolon.log.v1', `${era} ${at}`);
  return { id, type: 'symbolon.log.v1.EraBegan', metadata: json({ at, actor: `system:${why}`, correlation: id, causation: id }), data: json({ era }) };
};

/** The era that an event of `ERA_STREAM` began. */
export const eraIn = (data: Uint8Array): number => (JSON.parse(Buffer.from(data).toString()) as { era: number }).era;

/** The same numbers in another era. */
export const inEra = (era: number, at: Position): Position => era.toString(16).padStart(4, '0') + at.slice(4);

const json = (value: object): Uint8Array => new Uint8Array(Buffer.from(JSON.stringify(value)));
