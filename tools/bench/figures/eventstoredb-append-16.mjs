import { appendFigure } from '../append-eventstoredb.mjs';

/** Appends a second with 16 writers. */
export const figure = appendFigure(16);
