import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eraOf, isPosition, later, partsOf, position, uuidv5 } from './index.js';

const era = fc.nat(0xffff);
const part = fc.bigInt(0n, 2n ** 64n - 1n);

it('positions of one and of two parts sort as their numbers do, the era first', () =>
  fc.assert(
    fc.property(era, part, part, era, part, part, (e, a, b, f, c, d) => {
      const numbers = (x: readonly (number | bigint)[]): bigint => x.reduce<bigint>((sum, one) => (sum << 64n) + BigInt(one), 0n);
      expect(position(e, a, b) < position(f, c, d)).toBe(numbers([e, a, b]) < numbers([f, c, d]));
      expect(position(e, a) < position(f, c)).toBe(numbers([e, a]) < numbers([f, c]));
    }),
  ));

it('a position gives back what it was made of', () =>
  fc.assert(
    fc.property(era, part, part, (e, a, b) => {
      expect([eraOf(position(e, a, b)), ...partsOf(position(e, a, b))]).toEqual([e, a, b]);
      expect(isPosition(position(e, a))).toBe(true);
    }),
  ));

it('only the right width of hexadecimal digits is a position', () => expect(['', 'x', '0'.repeat(19), '0'.repeat(21), 'G'.repeat(20)].filter(isPosition)).toEqual([]));
it('the later of two positions is found, and undefined is before all', () => expect([later('a', 'b'), later(undefined, 'a'), later('a', undefined)]).toEqual(['b', 'a', 'a']));
it('names become UUIDs as RFC 9562 says', () => expect(uuidv5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2'));
