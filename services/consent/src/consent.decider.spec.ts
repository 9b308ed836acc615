import { describe, it } from '@jest/globals';
import { specification } from '@symbolon/event-sourcing';
import { consents } from './consent.decider.js';
import type { ClientNow, PersonalConsentEvent, PurposeNow, ResourceScopes } from './consent.decider.js';

const given = specification(consents);
const base = { id: '00000000-0000-4000-8000-000000000000', at: '2026-01-01T00:00:00.000Z' };
const shown = { by: 'account', language: 'en', at: base.at, where: '/account' };
const inForce = (textVersion: number, over: object = {}): PurposeNow => ({ textVersion, basis: 'consent', retired: false, ...over });
type Over = Readonly<{ purposeNow?: PurposeNow; clientNow?: ClientNow }>;
/** By default to the text that is in force. */
const grant = (textVersion: number, over: Over = {}) => ({ ...base, type: 'GrantConsent', purpose: 'profile', textVersion, clientId: '', purposeNow: inForce(textVersion), clientNow: 'registered', shown, ...over }) as const;
const decline = (textVersion: number, over: Over = {}) => ({ ...base, type: 'DeclineConsent', purpose: 'profile', textVersion, clientId: 'c_1', purposeNow: inForce(textVersion), clientNow: 'registered', ...over }) as const;
const withdraw = { ...base, type: 'WithdrawConsent', purpose: 'profile' } as const;
const granted = (textVersion: number): PersonalConsentEvent => ({ type: 'ConsentGranted', data: { purpose: 'profile', textVersion, clientId: '', recordedBy: 'account', shownLanguage: 'en', shownAt: base.at, shownWhere: '/account' } });
const declined = (textVersion: number): PersonalConsentEvent => ({ type: 'ConsentDeclined', data: { purpose: 'profile', textVersion, clientId: 'c_1' } });
const withdrawn: PersonalConsentEvent = { type: 'ConsentWithdrawn', data: { purpose: 'profile' } };
const API = 'https://orders.example/api';
const at = (resource: string, ...scopes: string[]) => ({ resource, scopes });
const allow = (scopes: readonly string[], resources: readonly ResourceScopes[] = [], clientNow: ClientNow = 'registered') => ({ ...base, type: 'AuthorizeClient', clientId: 'c_1', scopes, resources, clientNow }) as const;
const allowed = (scopes: string[], resources: ResourceScopes[] = []): PersonalConsentEvent => ({ type: 'ClientAuthorized', data: { clientId: 'c_1', scopes, resources } });

describe('consent for a purpose', () => {
  it('grants what was never granted (CNS-3)', () => given().when(grant(3)).then(granted(3)));
  it('changes nothing when the same text is granted twice', () => given(granted(3)).when(grant(3)).nothing());
  it('takes a newer text', () => given(granted(3)).when(grant(4)).then(granted(4)));
  it('refuses an older policy (CNS-4)', () => given(granted(3)).when(grant(2, { purposeNow: inForce(3) })).refused('consent/older_policy'));
  it('refuses an older policy also after a withdrawal', () => given(granted(3), withdrawn).when(grant(2, { purposeNow: inForce(3) })).refused('consent/older_policy'));
  it('may be given again after a withdrawal (CNS-2)', () => given(granted(3), withdrawn).when(grant(3)).then(granted(3)));
  it('abuse 99: refuses a text that was never published, by name', () => given().when(grant(2_000_000_000, { purposeNow: inForce(3) })).refused('consent/unknown_version'));
  it('abuse 99: is refused for a purpose that nobody published', () => given().when(grant(1, { purposeNow: undefined })).refused('consent/unknown_purpose'));
  it('abuse 99: is refused for a purpose that was retired', () => given(granted(1), withdrawn).when(grant(1, { purposeNow: inForce(1, { retired: true }) })).refused('consent/retired_purpose'));
  it('abuse 99: is refused where nothing is the person’s choice', () => given().when(grant(1, { purposeNow: inForce(1, { basis: 'contract' }) })).refused('consent/not_a_choice'));
  it('abuse 99: is refused for an application that nobody registered, or that is disabled', () => {
    given().when(grant(1, { clientNow: 'unknown' })).refused('consent/unknown_client');
    given().when(grant(1, { clientNow: 'disabled' })).refused('consent/disabled_client');
  });
  it('abuse 99: takes the real text also from somebody for whom one was kept that never existed', () => given(granted(2_000_000_000)).when(grant(3)).then(granted(3)));
  it('is withdrawn at any time (CNS-2)', () => given(granted(3)).when(withdraw).then(withdrawn));
  it('is not withdrawn when it was never given', () => given().when(withdraw).refused('consent/not_granted'));
  it('is not withdrawn twice', () => given(granted(3), withdrawn).when(withdraw).refused('consent/not_granted'));
});

describe('"not now" for a purpose', () => {
  it('is kept, once for a text', () => {
    given().when(decline(3)).then(declined(3));
    given(declined(3)).when(decline(3)).nothing();
  });
  it('is an answer to this text alone', () => given(declined(3)).when(decline(4)).then(declined(4)));
  it('takes nothing back', () => given(granted(3)).when(decline(3)).nothing());
  it('is no hindrance to agreeing later', () => given(declined(3)).when(grant(3)).then(granted(3)));
  it('is refused for a purpose or a text that does not exist', () => {
    given().when(decline(1, { purposeNow: undefined })).refused('consent/unknown_purpose');
    given().when(decline(9, { purposeNow: inForce(3) })).refused('consent/unknown_version');
  });
});

describe('what an application is allowed', () => {
  it('is recorded', () => given().when(allow(['openid'])).then(allowed(['openid'])));
  it('is not asked again for less', () => given(allowed(['openid', 'email'])).when(allow(['email'])).nothing());
  it('grows by what is new', () => given(allowed(['openid'])).when(allow(['email'])).then(allowed(['openid', 'email'])));
  it('abuse 98: is a scope at one resource, and nothing at another', () => {
    const orders = at(API, 'orders:read');
    given(allowed(['openid'], [orders])).when(allow([], [orders])).nothing();
    given(allowed(['openid'], [orders])).when(allow([], [at('https://stock.example/api', 'orders:read')])).then(allowed(['openid'], [orders, at('https://stock.example/api', 'orders:read')]));
    given(allowed(['orders:read'])).when(allow([], [orders])).then(allowed(['orders:read'], [orders]));
  });
  it('abuse 98: is nothing for an application that nobody registered, or that is disabled', () => {
    given().when(allow(['openid'], [], 'unknown')).refused('consent/unknown_client');
    given().when(allow(['openid'], [], 'disabled')).refused('consent/disabled_client');
  });
  it('is taken back (CNS-7)', () => given(allowed(['openid'])).when({ ...base, type: 'WithdrawClientAuthorization', clientId: 'c_1' }).then({ type: 'ClientAuthorizationWithdrawn', data: { clientId: 'c_1' } }));
  it('is not taken back twice', () => given().when({ ...base, type: 'WithdrawClientAuthorization', clientId: 'c_1' }).refused('consent/not_authorized'));
});
