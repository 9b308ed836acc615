import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { notation } from './schema-notation.js';
import type { Schema } from './schema-notation.js';

const of = (type: z.ZodType) => notation(z.toJSONSchema(type) as Schema);

it('reads as what it is: names, what may be left out, types and words', () => {
  const schema = z.object({ id: z.uuid(), state: z.enum(['active', 'blocked']), email: z.string().max(320).optional().describe('for those who may'), roles: z.array(z.string()), since: z.iso.datetime().nullable() });
  expect(of(schema)).toBe(['{', '  id: uuid', '  state: "active" | "blocked"', '  email?: string (≤ 320 characters)  — for those who may', '  roles: [string]', '  since: date-time | null', '}'].join('\n'));
});

it('tells the ends of a number, and none where there are none', () => expect([of(z.int().min(1).max(10)), of(z.int())]).toEqual(['integer (≥ 1, ≤ 10)', 'integer']));
it('names what is referred to', () => expect(notation({ $ref: '#/components/schemas/Problem' })).toBe('Problem'));
it('an object without fields is one', () => expect(of(z.strictObject({}))).toBe('{}'));
