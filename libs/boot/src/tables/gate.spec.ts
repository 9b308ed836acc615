import { expect, it } from '@jest/globals';
import type { Passed } from '@symbolon/event-sourcing';
import { Gate } from './gate.js';

type Item = { position: string } | Passed;

async function* source(...items: Item[]): AsyncGenerator<Item> {
  yield* items as { position: string }[];
  await new Promise(() => undefined); // a log has no end
}

const at = (position: string) => ({ position });

it('holds back what lies beyond the limit, says that the limit is passed, and goes on when it is raised', async () => {
  const gate = new Gate();
  const out = gate.upTo(source(at('1'), at('4'), { passed: '6' }), new AbortController().signal);
  gate.raise('3');
  expect([(await out.next()).value, (await out.next()).value]).toEqual([at('1'), { passed: '3' }]);
  const held = out.next();
  gate.raise('2');
  gate.raise('5');
  expect([(await held).value, (await out.next()).value]).toEqual([at('4'), { passed: '5' }]);
});

it('ends when it is given up, also while it holds something back', async () => {
  const stop = new AbortController();
  const held = new Gate().upTo(source(at('1')), stop.signal).next();
  stop.abort();
  expect(await held).toEqual({ done: true, value: undefined });
});
