import { describe, expect, it } from '@jest/globals';
import { catalog } from './catalog.js';
import { publicFiles } from './gen/public.js';
import { goldenSamples } from './golden-samples.js';

describe.each(Object.entries(publicFiles))('golden samples of %s', (_, file) => {
  it('hold every public event', async () => {
    const types = new Set((await goldenSamples(file)).map(({ opened }) => opened.event.type));
    expect(catalog([file]).kinds.filter(({ type }) => !types.has(type))).toEqual([]);
  });

  it('still say what they said, opened and sealed', async () => {
    for (const { recorded, opened, sealed } of await goldenSamples(file)) {
      const said = Object.keys(JSON.parse(Buffer.from(recorded.data).toString()) as object);
      const data = opened.event.data as Readonly<Record<string, unknown>>;
      expect(said.map((field) => data[field])).not.toContain('');
      expect(sealed.metadata).toEqual(opened.metadata);
      expect({ ...sealed.event.data, ...personalOf(opened.event.data, sealed.event.data) }).toEqual(opened.event.data);
      // Fields that a later version added are not in an older sample; those of it are all read, in their order.
      expect(Object.keys(data).filter((field) => said.includes(field))).toEqual(said);
    }
  });
});

/** What differs between an opened and a sealed event is sealed text and nothing else. */
function personalOf(opened: object, sealed: object): object {
  const before = opened as Record<string, unknown>;
  const different = Object.entries(sealed).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key]));
  for (const [, value] of different) expect(value).toMatch(/^s1\./);
  return Object.fromEntries(different.map(([key]) => [key, before[key]]));
}
