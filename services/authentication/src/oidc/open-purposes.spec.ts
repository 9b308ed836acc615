import { expect, it } from '@jest/globals';
import { offered } from './open-purposes.js';

const purpose = (over: object = {}) => ({ purpose: 'profile', optional: true, granted: false, claims: ['given_name', 'name'], ...over });

it('a purpose is offered when it is declared, optional, open and about what was asked for (CNS-1)', () => expect(offered([purpose()], ['profile'], ['openid', 'profile'])).toEqual([purpose()]));
it('a purpose is offered where the whole profile is asked for at our own API', () => expect(offered([purpose(), purpose({ purpose: 'empty', claims: [] })], ['profile', 'empty'], ['profiles:read'])).toEqual([purpose()]));
it.each([
  ['not declared by the application', purpose(), ['account'], ['profile']],
  ['no matter of consent', purpose({ optional: false }), ['profile'], ['profile']],
  ['granted already', purpose({ granted: true }), ['profile'], ['profile']],
  ['about nothing that was asked for', purpose(), ['profile'], ['email']],
])('a purpose that is %s is not offered', (_, one, declared, scopes) => expect(offered([one], declared, scopes)).toEqual([]));
