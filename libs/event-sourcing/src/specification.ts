import { isDeepStrictEqual } from 'node:util';
import type { Command, Decider } from './decider.js';
import type { DomainEvent } from './event.js';

/** What a command is expected to lead to. Each throws when it does not. */
export type Expectation<E extends DomainEvent, R extends string> = Readonly<{
  then(...events: readonly E[]): void;
  nothing(): void;
  refused(code: R): void;
}>;

/** Given what happened, when a command comes, then …: a decider's test, without a framework. */
export const specification =
  <S, C extends Command, E extends DomainEvent, R extends string>(decider: Decider<S, C, E, R>) =>
  (...past: readonly E[]): Readonly<{ when(command: C): Expectation<E, R>; state(): S }> => {
    const state = (): S => past.reduce((before, event) => decider.evolve(before, event), decider.initial);
    return {
      state,
      when: (command) => {
        const decided = decider.decide(command, state());
        const expect = (expected: readonly E[] | { refused: R }): void => mustEqual(decided, expected);
        return { then: (...events) => expect(events), nothing: () => expect([]), refused: (refused) => expect({ refused }) };
      },
    };
  };

const mustEqual = (actual: unknown, expected: unknown): void => {
  if (!isDeepStrictEqual(plain(actual), plain(expected))) throw new Error(`expected ${show(expected)}\n but got ${show(actual)}`);
};

/** Fields that are undefined count as left out, as they do once stored. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, part]) => (part === undefined ? [] : [[key, plain(part)]])));
};

const show = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part), 2);
