import { appendFigure } from '../append.mjs';

/** Appends a second with 16 writers. */
export const figure = appendFigure(16, '≥ 0.80');
