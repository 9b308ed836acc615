import { randomUUID } from 'node:crypto';

/** The time of a command: ISO 8601, UTC, milliseconds. */
export const now = (): string => new Date().toISOString();

/** A new random id (UUIDv4). */
export const newId = (): string => randomUUID();
