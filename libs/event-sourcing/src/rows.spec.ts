import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { memoryProgress, put, remove, table, type RowChange } from './index.js';
import { mergeRows } from './rows.js';

const rows = table('t', ['id', 'kind']);
const key = { id: fc.constantFrom('a', 'b'), kind: fc.constantFrom(1, 2) };
const change: fc.Arbitrary<RowChange> = fc.oneof(
  fc.record({ ...key, x: fc.nat(3), y: fc.nat(3) }, { requiredKeys: ['id', 'kind'] }).map(put),
  fc.record(key).map(remove),
);

it('merging changes by key leaves the table as writing them one after another does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 12 }), fc.array(change, { maxLength: 12 }), async (before, changes) => {
      const written = async (steps: readonly RowChange[][]): Promise<unknown> => {
        const progress = memoryProgress();
        const lead = await progress.lead('s', 'o');
        for (const step of steps) await lead!.commit({ table: rows, rows: step });
        return new Set(progress.rows('t').map((row) => JSON.stringify(Object.entries(row).sort())));
      };
      const single = [...before, ...changes].map((one) => [one]);
      expect(await written([...before.map((one) => [one]), mergeRows(rows, changes)])).toEqual(await written(single));
    }),
  );
});

it('a row without its key is refused', () => expect(() => mergeRows(rows, [put({ id: 'a' })])).toThrow('lacks its key column kind'));
