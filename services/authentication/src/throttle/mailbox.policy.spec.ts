import { describe, expect, it } from '@jest/globals';
import { mailboxOf } from './mailbox.policy.js';

describe('a mailbox', () => {
  it.each([
    ['ann@example.com', 'ann@example.com'],
    ['ann+shop@example.com', 'ann@example.com'],
    ['ann+a+b@example.com', 'ann@example.com'],
    ['ann+@example.com', 'ann@example.com'],
    ['a.nn@example.com', 'a.nn@example.com'],
    ['a.n.n+shop@gmail.com', 'ann@gmail.com'],
    ['ann@googlemail.com', 'ann@gmail.com'],
    ['+ann@example.com', '+ann@example.com'],
    ['nothing', 'nothing'],
  ])('of %s is counted as %s', (address, mailbox) => expect(mailboxOf(address)).toBe(mailbox));
});
