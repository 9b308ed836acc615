import { describe, it } from '@jest/globals';
import { specification } from '@symbolon/event-sourcing';
import type { ProfilesEvent } from './events.gen.js';
import { profile } from './profile.decider.js';

const given = specification(profile);
const base = { id: '00000000-0000-4000-8000-000000000000', at: '2026-01-01T00:00:00.000Z' };
const created: ProfilesEvent = { type: 'ProfileCreated', data: { origin: 'registration' } };
const set = (name: string, value: string, setBy = 'customer', verified = 'none'): ProfilesEvent => ({ type: 'AttributeSet', data: { name, value, setBy, verified } });
const create = { ...base, type: 'CreateProfile', origin: 'registration', values: { email: 'a@b.example', first_name: 'Ann', last_name: '' }, verified: { email: 'mailed_code' } } as const;
const change = (changes: object, by: 'customer' | 'organisation' = 'customer') => ({ ...base, type: 'ChangeAttributes', by, changes }) as const;

describe('a profile (PRF-2)', () => {
  it('is created with what was typed at registration, and how each was verified', () => given().when(create).then(created, set('email', 'a@b.example', 'registration', 'mailed_code'), set('first_name', 'Ann', 'registration')));
  it('is created once', () => given(created).when(create).nothing());
  it('abuse 86: has its name changed by its owner (PRF-8)', () => given(created, set('first_name', 'Ann')).when(change({ first_name: 'Anna' })).then(set('first_name', 'Anna')));
  it('changes nothing when nothing differs', () => given(created, set('first_name', 'Ann')).when(change({ first_name: 'Ann' })).nothing());
  it('loses what its owner clears', () => given(created, set('phone', '+41441234567')).when(change({ phone: null })).then({ type: 'AttributeCleared', data: { name: 'phone', clearedBy: 'customer' } }));
  it('keeps its address: nobody writes it here', () => given(created).when(change({ email: 'x@y.example' })).refused('profiles/not_writable'));
  it('keeps everything when one of many changes is refused', () => given(created).when(change({ first_name: 'Anna', email: 'x@y.example' })).refused('profiles/not_writable'));
  it('keeps from its owner what became the organisation’s (PRF-10)', () =>
    given(created, { type: 'AttributeRightChanged', data: { name: 'last_name', writableBy: 'organisation' } }).when(change({ last_name: 'New' })).refused('profiles/not_writable'));
  it('takes from the organisation what is the organisation’s', () =>
    given(created, { type: 'AttributeRightChanged', data: { name: 'last_name', writableBy: 'organisation' } }).when(change({ last_name: 'New' }, 'organisation')).then(set('last_name', 'New', 'organisation')));
  it('has its rights changed', () => given(created).when({ ...base, type: 'ChangeRight', name: 'phone', writableBy: 'nobody' }).then({ type: 'AttributeRightChanged', data: { name: 'phone', writableBy: 'nobody' } }));
  it('is unknown before it is created', () => given().when(change({ first_name: 'Ann' })).refused('profiles/unknown_profile'));
});
