import { describe, expect, it } from '@jest/globals';
import { mayWrite, usualWriter, valueFault } from './attributes.policy.js';

const fault = (attribute: Parameters<typeof valueFault>[0], value: string) => valueFault(attribute, value, '2026-01-01');

describe('an attribute', () => {
  it.each([['first_name', 'Ann'], ['last_name', 'O’Neill-Müller'], ['locale', 'de-CH'], ['birthdate', '2000-02-29'], ['phone', '+41441234567']] as const)('%s may be %s', (name, value) => expect(fault(name, value)).toBeUndefined());
  it.each([
    ['first_name', ' '], ['first_name', 'x'.repeat(101)], ['last_name', 'a\nb'], ['first_name', '<b>'], ['locale', 'german!'], ['birthdate', '2001-02-29'], ['birthdate', '2027-01-01'], ['birthdate', '24.12.1990'], ['phone', '044 123 45 67'],
  ] as const)('%s may not be %j', (name, value) => expect(fault(name, value)).toMatch(/^Send /));
  it('abuse 89: is checked in linear time', () => expect(fault('locale', 'a-'.repeat(25_000))).toMatch(/^Send /));
});

describe('the right to write (PRF-8, PRF-10)', () => {
  it('of the address is nobody’s', () => expect(usualWriter('email')).toBe('nobody'));
  it('of the name is the customer’s', () => expect(mayWrite(usualWriter('first_name'), 'customer')).toBe(true));
  it('of what is the organisation’s is not the customer’s', () => expect(mayWrite('organisation', 'customer')).toBe(false));
  it('lets the organisation write what is its own', () => expect(mayWrite('organisation', 'organisation')).toBe(true));
  it('lets nobody write what is nobody’s', () => expect([mayWrite('nobody', 'customer'), mayWrite('nobody', 'organisation')]).toEqual([false, false]));
});
