import { expect, it } from '@jest/globals';
import { dataOf, dataOfClaims, offered } from './claims-of-scopes.policy.js';

const purpose = (over: object = {}) => ({ purpose: 'profile', optional: true, granted: false, claims: ['given_name', 'name'], ...over });

it('scopes are told in the words of people, the most personal first', () => expect(dataOf(['openid', 'profile', 'email', 'offline_access'])).toEqual(['email', 'name', 'locale', 'identifier']));
it('claims of one kind are one piece of data', () => expect(dataOfClaims(['given_name', 'family_name', 'name', 'locale', 'unknown'])).toEqual(['name', 'locale']));
it('a purpose is offered when it is declared, optional, open and about what was asked for (CNS-1)', () => expect(offered([purpose()], ['profile'], ['openid', 'profile'])).toEqual([purpose()]));
it.each([
  ['not declared by the application', purpose(), ['account'], ['profile']],
  ['no matter of consent', purpose({ optional: false }), ['profile'], ['profile']],
  ['granted already', purpose({ granted: true }), ['profile'], ['profile']],
  ['about nothing that was asked for', purpose(), ['profile'], ['email']],
])('a purpose that is %s is not offered', (_, one, declared, scopes) => expect(offered([one], declared, scopes)).toEqual([]));
