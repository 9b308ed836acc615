import { expect, it } from '@jest/globals';
import { command, counted, counter } from '../test/counter.js';
import { specification } from './index.js';

const given = specification(counter);

it('passes what is so', () => {
  given(counted(4)).when(command(1)).then(counted(1));
  given(counted(4)).when(command(0)).nothing();
  given(counted(9)).when(command(2)).refused('counter/too_much');
});

it('throws at another event, at none and at a refusal', () => {
  expect(() => given().when(command(1)).then(counted(2))).toThrow('expected');
  expect(() => given().when(command(1)).nothing()).toThrow('expected');
  expect(() => given().when(command(0)).then(counted(1))).toThrow('expected');
  expect(() => given(counted(9)).when(command(2)).nothing()).toThrow('counter/too_much');
});
