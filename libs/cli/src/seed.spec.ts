import { expect, it } from '@jest/globals';
import { invented, seedPassword } from './seed.js';

it('a hundred people have a hundred addresses, at a domain where nobody receives mail', () => {
  const all = Array.from({ length: 100 }, (_, index) => invented(index).email);
  expect(new Set(all).size).toBe(100);
  for (const email of all) expect(email).toMatch(/^[a-z]+\.[a-z]+@people\.example$/);
});

it('their password is the same at every run and differs between installations', () => {
  expect(seedPassword({ client_secret: 'a' })).toBe(seedPassword({ client_secret: 'a' }));
  expect(seedPassword({ client_secret: 'a' })).not.toBe(seedPassword({ client_secret: 'b' }));
});
