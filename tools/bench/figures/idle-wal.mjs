import { idleFigure } from '../idle.mjs';

/** What a product does that nobody uses. */
export const figure = idleFigure({ what: 'idle: write-ahead log', goal: '≤ 100 MB a day', unit: 'MB a day', digits: 0, value: 'megabytes' });
