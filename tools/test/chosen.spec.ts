import { describe, expect, it } from '@jest/globals';
import { mayHold, sentence } from './chosen.mjs';

describe('the files that are read for one sentence', () => {
  it.each([
    [['jest', '-t', 'refuses an older policy'], 'refuses an older policy'],
    [['jest', '--testNamePattern=a=b', '--verbose'], 'a=b'],
    [['jest', 'consent'], undefined],
  ])('%j asks for it', (words, name) => expect(sentence(words)).toBe(name));

  it.each([
    ["it('refuses an older policy (CNS-4)', rule)", 'refuses an older policy', true],
    ["it('refuses an older policy (CNS-4)', rule)", 'Refuses an OLDER policy', true],
    ["describe('a policy', () => { it('refuses it', rule) })", 'a policy refuses', true],
    ["it.each([['older'], ['newer']])('refuses an %s policy', rule)", 'refuses an newer policy', true],
    ["it('accepts a newer policy', rule)", 'refuses an older policy', false],
    ["import { busSuite } from './index.js'; busSuite('Postgres', under)", 'delivers a message whole', true],
    ["it('accepts', rule)", 'refuses|denies', true],
    ["it('seed %i', rule)", 'seed 7', true],
  ])('%s may hold "%s": %s', (source, name, may) => expect(mayHold(source, name)).toBe(may));
});
