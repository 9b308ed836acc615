/** As much of JSON Schema as our documents use. */
export type Schema = Readonly<{
  type?: string; format?: string; description?: string; enum?: readonly unknown[]; const?: unknown; pattern?: string; minimum?: number; maximum?: number; maxLength?: number;
  properties?: Readonly<Record<string, Schema>>; required?: readonly string[]; items?: Schema; anyOf?: readonly Schema[]; oneOf?: readonly Schema[]; $ref?: string; default?: unknown;
}>;

const AS_LARGE_AS_THEY_COME = Number.MAX_SAFE_INTEGER;

function limits({ minimum, maximum, maxLength, default: usual }: Schema): string {
  const said = [
    ...(minimum === undefined || minimum <= -AS_LARGE_AS_THEY_COME ? [] : [`≥ ${minimum}`]),
    ...(maximum === undefined || maximum >= AS_LARGE_AS_THEY_COME ? [] : [`≤ ${maximum}`]),
    ...(maxLength === undefined ? [] : [`≤ ${maxLength} characters`]),
    ...(usual === undefined ? [] : [`default ${JSON.stringify(usual)}`]),
  ];
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

function members({ properties = {}, required = [] }: Schema, indent: string): string {
  const lines = Object.entries(properties).map(([name, schema]) => {
    const words = schema.description ? `  — ${schema.description}` : '';
    return `${indent}  ${name}${required.includes(name) ? '' : '?'}: ${notation(schema, `${indent}  `)}${words}`;
  });
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`;
}

/** A schema as one reads it: names, `?` for what may be left out, types, limits, and the words that were given. */
export function notation(schema: Schema, indent = ''): string {
  const { type, format, enum: values, const: one, items, anyOf, oneOf, properties, $ref } = schema;
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf('/') + 1);
  if (one !== undefined) return JSON.stringify(one);
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ');
  const choices = anyOf ?? oneOf;
  if (choices) return choices.map((choice) => notation(choice, indent)).join(' | ');
  if (type === 'array') return `[${notation(items ?? {}, indent)}]`;
  if (properties || type === 'object') return members(schema, indent);
  return `${format ?? type ?? 'anything'}${limits(schema)}`;
}
