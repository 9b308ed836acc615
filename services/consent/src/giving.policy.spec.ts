import { expect, it } from '@jest/globals';
import { authorizingFault, recordingFault } from './giving.policy.js';

it('our own pages authorize an application', () => expect(authorizingFault('account')).toBeUndefined());
it('abuse 98: nobody else authorizes an application, whatever their token', () => expect(authorizingFault('c_1')).toBe('consent/our_pages_only'));
it('our own pages record a consent at any application’s sign-in', () => expect(recordingFault({ caller: 'account', clientId: 'c_1', proven: false })).toBeUndefined());
it('abuse 99: an application records a consent with the proof of what it showed, or not at all', () => {
  expect(recordingFault({ caller: 'c_1', clientId: '', proven: true })).toBeUndefined();
  expect(recordingFault({ caller: 'c_1', clientId: 'c_1', proven: true })).toBeUndefined();
  expect(recordingFault({ caller: 'c_1', clientId: '', proven: false })).toBe('consent/proof_needed');
});
it('abuse 99: an application records no consent as if another one had asked', () => expect(recordingFault({ caller: 'c_1', clientId: 'c_2', proven: true })).toBe('consent/other_client'));
