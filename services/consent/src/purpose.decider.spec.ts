import { describe, it } from '@jest/globals';
import { specification } from '@symbolon/event-sourcing';
import { purpose } from './purpose.decider.js';
import type { PurposeEvent } from './purpose.decider.js';

const given = specification(purpose);
const base = { id: '00000000-0000-4000-8000-000000000000', at: '2026-01-01T00:00:00.000Z' };
const text = (textVersion: number, more: object = {}) => ({ purpose: 'news', basis: 'consent', claims: ['email'], textVersion, title: 'News', text: 'We write to you.', ...more });
const publish = (textVersion: number, more: object = {}) => ({ ...base, type: 'PublishPurpose', purpose: text(textVersion, more) }) as const;
const published = (textVersion: number): PurposeEvent => ({ type: 'PurposePublished', data: text(textVersion) });
const retired: PurposeEvent = { type: 'PurposeRetired', data: { purpose: 'news' } };

describe('a purpose (CNS-1)', () => {
  it('is published', () => given().when(publish(1)).then(published(1)));
  it('is not published twice', () => given(published(1)).when(publish(1)).nothing());
  it('takes a newer text', () => given(published(1)).when(publish(2)).then(published(2)));
  it('refuses an older text', () => given(published(2)).when(publish(1)).refused('consent/older_text'));
  it('refuses other words under the same version', () => given(published(1)).when(publish(1, { text: 'We sell it.' })).refused('consent/text_changed_without_version'));
  it('keeps its legal basis', () => given(published(1)).when(publish(2, { basis: 'contract' })).refused('consent/basis_is_fixed'));
  it('is retired', () => given(published(1)).when({ ...base, type: 'RetirePurpose' }).then(retired));
  it('is not retired when there is none', () => given().when({ ...base, type: 'RetirePurpose' }).refused('consent/unknown_purpose'));
  it('is not retired when it is the account itself: nobody could sign in anywhere', () => {
    const shipped: PurposeEvent = { type: 'PurposePublished', data: text(1, { purpose: 'account', basis: 'contract' }) };
    given(shipped).when({ ...base, type: 'RetirePurpose' }).refused('consent/account_needs_it');
  });
  it('refuses an older text also after it was retired', () => given(published(2), retired).when(publish(1)).refused('consent/older_text'));
});
