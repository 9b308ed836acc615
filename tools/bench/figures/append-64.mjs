import { appendFigure } from '../append.mjs';

/** Appends a second with 64 writers. */
export const figure = appendFigure(64, '≥ 1.5');
