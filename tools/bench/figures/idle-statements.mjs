import { idleFigure } from '../idle.mjs';

/** What a product does that nobody uses. */
export const figure = idleFigure({ what: 'idle: statements asked of the database', goal: '≤ 5 /s', unit: '/s', digits: 1, value: 'statements' });
