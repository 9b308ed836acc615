import { idleFigure } from '../idle.mjs';

/** What a product does that nobody uses. */
export const figure = idleFigure({ what: 'idle: transactions that write', goal: '≤ 2 /s', unit: '/s', digits: 1, value: 'commits' });
