import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { multiLine, valueFaults } from './value-text.js';

const fields = (value: unknown, schema?: z.ZodType) => valueFaults(value, schema).map(({ field, rule }) => `${field} ${rule}`);

describe('texts of a parsed request', () => {
  it('are found at any depth, names too', () => {
    expect(fields({ a: 'x\0', b: ['fine', { c: '\ud800' }], 'd\u0001': 1, e: { 'f\0': { g: 'fine' } }, h: 'x'.repeat(8_193), i: null, j: 7, k: true }).sort()).toEqual([' control_character', 'a nul', 'b.1.c half_a_character', 'e nul', 'h too_long']);
    expect(fields('a\nb')).toEqual([' control_character']);
  });

  it('are found in what is nested without end, and no more are told than a person reads', () => {
    let deep: unknown = 'a\0';
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    expect(fields(deep)).toHaveLength(1);
    expect(fields(Array.from({ length: 1_000 }, () => '\0'))).toHaveLength(20);
  });

  it('may hold line feeds and tabs where the schema says so, through whatever wraps it', () => {
    const text = multiLine(z.string().trim().max(100));
    const schema = z.strictObject({ one: text, two: text.optional(), three: text.nullable().default(null), four: z.array(z.strictObject({ five: text })), other: z.string() }).partial();
    const value = 'a\n\tb';
    expect(fields({ one: value, two: value, three: value, four: [{ five: value }], other: value }, schema)).toEqual(['other control_character']);
    expect(fields({ one: 'a\rb' }, schema)).toEqual(['one control_character']);
  });
});
