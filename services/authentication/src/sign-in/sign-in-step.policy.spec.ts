import { expect, it } from '@jest/globals';
import { mayAnswer, stepOf } from './sign-in-step.policy.js';
import type { SignInStep, Visit } from './sign-in-step.policy.js';

const STEPS: readonly SignInStep[] = ['password', 'code', 'allow', 'purposes'];
const visit = (prompt: Visit['prompt'], passwordAccepted: boolean): Visit => ({ prompt, passwordAccepted });
const open = (at: Visit) => STEPS.filter((step) => mayAnswer(step, at));

it('abuse 75: a new visit answers the password and nothing after it', () => expect(open(visit('login', false))).toEqual(['password']));
it('with the password accepted the code is asked for, and going back to the password stays possible', () => {
  expect(stepOf(visit('login', true))).toBe('code');
  expect(open(visit('login', true))).toEqual(['password', 'code']);
});
it('abuse 75: the Allow page answers only after the sign-in, whatever was left over from before', () => {
  expect(open(visit('consent', false))).toEqual(['allow']);
  expect(open(visit('consent', true))).toEqual(['allow']);
});
it('abuse 75: the page that asks for purposes answers only after the sign-in, and nothing else does then', () => {
  expect(open(visit('purposes', false))).toEqual(['purposes']);
  expect(open(visit('purposes', true))).toEqual(['purposes']);
});
