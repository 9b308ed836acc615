import { expect, it } from '@jest/globals';
import { CannotStart, explain } from './cannot-start.js';

const coded = (code: string, message = code) => Object.assign(new Error(message), { code });

it.each([
  ['a write that found no room', coded('ENOSPC', 'ENOSPC: no space left on device, write')],
  ['the database that found none', new Error('unavailable', { cause: coded('53100', 'could not extend file') })],
])('says that the disk is full: %s', (_, error) => {
  const said = explain(error, '/var/lib/symbolon');
  expect(said).toBeInstanceOf(CannotStart);
  expect((said as Error).message).toBe('The disk of /var/lib/symbolon is full. Free some space, or choose another place with SYMBOLON_DATA_DIR, and start again.');
});

it.each(['EACCES', 'EROFS'])('says that the folder cannot be written: %s', (code) => {
  expect(explain(coded(code), '/var/lib/symbolon')).toMatchObject({ name: 'CannotStart', message: expect.stringContaining('/var/lib/symbolon cannot be written by this user') });
});

it('keeps a fault of ours as it is', () => {
  const fault = new TypeError('x is not a function');
  expect(explain(fault, '/var/lib/symbolon')).toBe(fault);
});
