import { idleFigure } from '../idle.mjs';

/** What a product does that nobody uses. */
export const figure = idleFigure({ what: 'idle: processor time of product and database', goal: '≤ 1 % of a core', unit: '% of a core', digits: 2, value: 'processor' });
