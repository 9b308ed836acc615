import { describe, expect, it } from '@jest/globals';
import { catalog, goldenSamples } from '@symbolon/events';
import { file_symbolon_consent_v1_events as file, type ConsentEvent } from './events.gen.js';

describe('golden samples of consent', () => {
  it('hold every event that was ever stored', async () => {
    const types = new Set((await goldenSamples<ConsentEvent>(file)).map(({ opened }) => opened.event.type));
    expect(catalog([file]).kinds.filter(({ type }) => !types.has(type as ConsentEvent['type']))).toEqual([]);
  });

  it('still say what they said when they were stored', async () => {
    for (const { name, opened, data } of await goldenSamples<ConsentEvent>(file)) expect([name, opened.event.data]).toEqual([name, data]);
  });
});
