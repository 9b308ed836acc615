import { describe, expect, it } from '@jest/globals';
import { formFaults } from './registration-form.js';

const right = { email: 'ann@example.com', firstName: 'Ann', lastName: 'Arbor' };

describe('the registration form', () => {
  it('is right with an email and two names', () => expect(formFaults(right)).toEqual({}));
  it('takes names of any script', () => expect(formFaults({ ...right, firstName: 'あん', lastName: 'Ó Súilleabháin-Müller' })).toEqual({}));
  it('names everything that is wrong at once', () => expect(formFaults({ email: 'ann', firstName: ' ', lastName: '' })).toEqual({ email: 'email_wrong', firstName: 'first_name_missing', lastName: 'last_name_missing' }));
  it('says of an email that relays rewrite what is wrong with it', () => expect(formFaults({ ...right, email: 'ann%evil.example@example.com' })).toEqual({ email: 'email_rewritten' }));
  it('refuses a name of two lines', () => expect(formFaults({ ...right, lastName: 'Arbor\r\nBcc: x' })).toEqual({ lastName: 'name_wrong' }));
  it('refuses a name of 101 letters, and takes one of 100', () => {
    expect(formFaults({ ...right, firstName: '😀'.repeat(100) })).toEqual({});
    expect(formFaults({ ...right, firstName: '😀'.repeat(101) })).toEqual({ firstName: 'name_wrong' });
  });
});
