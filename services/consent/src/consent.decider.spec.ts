import { describe, it } from '@jest/globals';
import { specification } from '@symbolon/event-sourcing';
import { consents } from './consent.decider.js';
import type { PersonalConsentEvent } from './consent.decider.js';

const given = specification(consents);
const base = { id: '00000000-0000-4000-8000-000000000000', at: '2026-01-01T00:00:00.000Z' };
const grant = (textVersion: number) => ({ ...base, type: 'GrantConsent', purpose: 'profile', textVersion, clientId: '' }) as const;
const withdraw = { ...base, type: 'WithdrawConsent', purpose: 'profile' } as const;
const granted = (textVersion: number): PersonalConsentEvent => ({ type: 'ConsentGranted', data: { purpose: 'profile', textVersion, clientId: '' } });
const withdrawn: PersonalConsentEvent = { type: 'ConsentWithdrawn', data: { purpose: 'profile' } };
const allow = (...scopes: string[]) => ({ ...base, type: 'AuthorizeClient', clientId: 'c_1', scopes }) as const;
const allowed = (...scopes: string[]): PersonalConsentEvent => ({ type: 'ClientAuthorized', data: { clientId: 'c_1', scopes } });

describe('consent for a purpose', () => {
  it('grants what was never granted (CNS-3)', () => given().when(grant(3)).then(granted(3)));
  it('changes nothing when the same text is granted twice', () => given(granted(3)).when(grant(3)).nothing());
  it('takes a newer text', () => given(granted(3)).when(grant(4)).then(granted(4)));
  it('refuses an older policy (CNS-4)', () => given(granted(3)).when(grant(2)).refused('consent/older_policy'));
  it('refuses an older policy also after a withdrawal', () => given(granted(3), withdrawn).when(grant(2)).refused('consent/older_policy'));
  it('may be given again after a withdrawal (CNS-2)', () => given(granted(3), withdrawn).when(grant(3)).then(granted(3)));
  it('is withdrawn at any time (CNS-2)', () => given(granted(3)).when(withdraw).then(withdrawn));
  it('is not withdrawn when it was never given', () => given().when(withdraw).refused('consent/not_granted'));
  it('is not withdrawn twice', () => given(granted(3), withdrawn).when(withdraw).refused('consent/not_granted'));
});

describe('what an application is allowed', () => {
  it('is recorded', () => given().when(allow('openid')).then(allowed('openid')));
  it('is not asked again for less', () => given(allowed('openid', 'email')).when(allow('email')).nothing());
  it('grows by what is new', () => given(allowed('openid')).when(allow('email')).then(allowed('openid', 'email')));
  it('is taken back (CNS-7)', () => given(allowed('openid')).when({ ...base, type: 'WithdrawClientAuthorization', clientId: 'c_1' }).then({ type: 'ClientAuthorizationWithdrawn', data: { clientId: 'c_1' } }));
  it('is not taken back twice', () => given().when({ ...base, type: 'WithdrawClientAuthorization', clientId: 'c_1' }).refused('consent/not_authorized'));
});
