import { describe, expect, it } from '@jest/globals';
import { asText, contrast, textOn } from './readable.policy.js';

describe('text on the brand colour', () => {
  it('measures as WCAG does', () => {
    expect(contrast('#fff', '#000000')).toBeCloseTo(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
    expect(contrast('#ABC', '#aabbcc')).toBe(1);
  });

  it.each([['#ffe600', '#000000'], ['#1d4e89', '#ffffff'], ['#8fb8e8', '#000000'], ['#000', '#ffffff'], ['#fff', '#000000']])('on %s is %s', (ground, text) => expect(textOn(ground)).toBe(text));

  it('can be read on every colour there is', () => {
    const parts = ['00', '22', '44', '66', '77', '88', 'aa', 'cc', 'ee', 'ff'];
    const worst = Math.min(...parts.flatMap((red) => parts.flatMap((green) => parts.map((blue) => contrast(textOn(`#${red}${green}${blue}`), `#${red}${green}${blue}`)))));
    expect(worst).toBeGreaterThanOrEqual(4.5);
  });

  it('is the colour itself only where it can be read', () => {
    expect(asText('#1d4e89', ['#ffffff', '#f5f6f8'], '#10151f')).toBe('#1d4e89');
    expect(asText('#ffe600', ['#ffffff'], '#10151f')).toBe('#10151f');
    expect(asText('#767676', ['#ffffff', '#f5f6f8'], '#10151f')).toBe('#10151f');
  });
});
