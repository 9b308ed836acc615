import { textFault } from '@symbolon/event-sourcing';
import { z } from 'zod';
import type { ZodType } from 'zod';
import type { FieldError } from './problem.js';
import { sentenceOf } from './request-text.js';

const lines = z.registry<Readonly<{ holds: 'lines' }>>();

/** Declares that a field takes line feeds and tabs: a text that people read. The last thing said of a schema, and in step with the field's option in the proto. */
export const multiLine = <T extends ZodType>(schema: T): T => {
  lines.add(schema, { holds: 'lines' });
  return schema;
};

type Def = Readonly<{ type: string; innerType?: ZodType; in?: ZodType; shape?: Readonly<Record<string, ZodType>>; element?: ZodType; valueType?: ZodType }>;
type Place = Readonly<{ value: unknown; path: readonly string[]; schema: ZodType | undefined }>;

const defOf = (schema: ZodType | undefined): Def | undefined => schema?.def as Def | undefined;
const within = (schema: ZodType | undefined): ZodType | undefined => defOf(schema)?.innerType ?? (defOf(schema)?.type === 'pipe' ? defOf(schema)?.in : undefined);

/** The schema and what it wraps (optional, nullable, default, transformed), from outside to inside. */
const layers = (schema: ZodType | undefined): readonly ZodType[] => (schema ? [schema, ...layers(within(schema))] : []);

function memberOf(schema: ZodType | undefined, name: string): ZodType | undefined {
  const def = defOf(layers(schema).at(-1));
  return def?.shape?.[name] ?? def?.element ?? def?.valueType;
}

const MOST = 20;

/** Every text in a parsed body, query or parameter that could not be kept, names of members too, at any depth; the first twenty. */
export function valueFaults(value: unknown, schema?: ZodType): readonly FieldError[] {
  const found: FieldError[] = [];
  const left: Place[] = [{ value, path: [], schema }];
  for (let place = left.pop(); place && found.length < MOST; place = left.pop()) {
    const { value: here, path, schema: known } = place;
    if (typeof here === 'string') found.push(...wrong(here, path, layers(known).some((layer) => lines.has(layer)) ? 'lines' : 'line'));
    if (typeof here !== 'object' || here === null) continue;
    for (const [name, inner] of Object.entries(here)) {
      const named = wrong(name, path, 'line');
      if (named.length > 0) found.push(...named);
      else left.push({ value: inner, path: [...path, name], schema: memberOf(known, name) });
    }
  }
  return found;
}

function wrong(text: string, path: readonly string[], holds: 'line' | 'lines'): FieldError[] {
  const fault = textFault(text, { holds });
  return fault === undefined ? [] : [{ field: path.join('.'), rule: fault, message: sentenceOf({ fault }) }];
}
