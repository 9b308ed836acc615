import { appendFigure } from '../append-eventstoredb.mjs';

/** Appends a second with 64 writers. */
export const figure = appendFigure(64);
