import { expect, it } from '@jest/globals';
import { evidence, needs } from './sign-in-evidence.policy.js';

it('without an answer about the risk a known device passes and an unknown one gets a mailed code (AUT-13)', () => {
  expect(needs(true, undefined)).toBe('nothing');
  expect(needs(false, undefined)).toBe('code');
});
it('a doubt asks even a known device for the code', () => expect(needs(true, 'challenge')).toBe('code'));
it('an allowance does not spare an unknown device its code', () => expect(needs(false, 'allow')).toBe('code'));
it('a denial is a refusal on any device', () => expect([needs(true, 'deny'), needs(false, 'deny')]).toEqual(['refusal', 'refusal']));
it('abuse 76: a mailed code raises no level', () => {
  expect(evidence(false)).toEqual({ acr: 'aal1', amr: ['pwd'] });
  expect(evidence(true)).toEqual({ acr: 'aal1', amr: ['pwd', 'mca'] });
});
