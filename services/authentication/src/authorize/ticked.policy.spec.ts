import { expect, it } from '@jest/globals';
import { answersOf } from './ticked.policy.js';

const row = (purpose: string, asked: number) => ({ purpose, asked });

it('a ticked box agrees to the text that was shown (CNS-3)', () => expect(answersOf([row('profile', 3)], { shown: ['profile:3'], ticked: ['profile:3'] })).toEqual({ granted: [{ purpose: 'profile', textVersion: 3 }], declined: [] }));
it('a box that was left empty says "not now"', () => expect(answersOf([row('profile', 3)], { shown: ['profile:3'], ticked: [] })).toEqual({ granted: [], declined: [{ purpose: 'profile', textVersion: 3 }] }));
it('abuse 99: a box beside an older text is no answer to the newer one', () => {
  expect(answersOf([row('profile', 4)], { shown: ['profile:3'], ticked: ['profile:3'] })).toBeUndefined();
  expect(answersOf([row('profile', 4)], { shown: ['profile:3'], ticked: [] })).toEqual({ granted: [], declined: [] });
});
it('abuse 99: a purpose that was not on offer is not agreed to', () => expect(answersOf([], { shown: ['crm:1'], ticked: ['crm:1'] })).toEqual({ granted: [], declined: [] }));
