import { expect, it } from '@jest/globals';
import { isPublicAddress, within } from './networks.js';

it.each(['127.0.0.1', '127.9.9.9', '0.0.0.0', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '224.0.0.1', '255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:a9fe:a9fe', 'fe80::1', 'fd00::1', 'fec0::1', 'ff02::1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:db8::1', 'localhost', ''])('is not on the public internet: %s', (address) => expect(isPublicAddress(address)).toBe(false));
it.each(['1.1.1.1', '172.32.0.1', '192.0.3.1', '169.253.0.1', '2606:4700::1111', '::ffff:1.1.1.1'])('is on the public internet: %s', (address) => expect(isPublicAddress(address)).toBe(true));
it('a list holds addresses and networks of both kinds, and IPv4 in the form of IPv6', () => {
  const listed = within(['10.0.0.0/8', '192.0.2.1', 'fd00::/8']);
  expect(['10.9.9.9', '::ffff:10.0.0.1', '192.0.2.1', 'fd12::1'].map(listed)).toEqual([true, true, true, true]);
  expect(['11.0.0.1', '192.0.2.2', 'fe80::1', 'x'].map(listed)).toEqual([false, false, false, false]);
});
