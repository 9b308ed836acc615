import { expect, it } from '@jest/globals';
import { cursorOf, placeOf } from './place.policy.js';

const place = { registeredAt: '2026-02-03T04:05:06.007Z', id: '5b6f0c1e-0000-4000-8000-000000000001' };

it('a place in the list comes back as it was', () => expect(placeOf(cursorOf(place))).toEqual(place));

it.each(['', 'x', Buffer.from("2026-02-03T04:05:06.007Z~' or 1=1").toString('base64url'), Buffer.from(`2026-99-03T04:05:06.007Z~${place.id}`).toString('base64url')])('what is no place of ours is none: %s', (cursor) => expect(placeOf(cursor)).toBeUndefined());
