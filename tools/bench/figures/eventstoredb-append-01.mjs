import { appendFigure } from '../append-eventstoredb.mjs';

/** Appends a second with 1 writer. */
export const figure = appendFigure(1);
