import { ScalarType, type DescField, type DescMessage, type JsonObject, type JsonValue } from '@bufbuild/protobuf';

/** A field of a flat message. Names are the same in data and JSON for nearly all; `protoName` is the other spelling that JSON may use. */
type FlatField = Readonly<{ localName: string; jsonName: string; protoName: string; type: 'string' | 'boolean' | 'number'; list: boolean }>;

const TYPES: Partial<Record<ScalarType, FlatField['type']>> = { [ScalarType.STRING]: 'string', [ScalarType.BOOL]: 'boolean', [ScalarType.INT32]: 'number' };
const DEFAULTS = { string: '', boolean: false, number: 0 } as const;
const known = new WeakMap<DescMessage, readonly FlatField[] | null>();

/**
 * The fields of a message of texts, truth values, 32-bit numbers and lists of these, as nearly all events are: data and JSON then differ
 * in nothing but names, and need not go through the library (a rebuild is three times as fast). Undefined: another message.
 */
function flatFields(schema: DescMessage): readonly FlatField[] | undefined {
  let fields = known.get(schema);
  if (fields === undefined) known.set(schema, (fields = everyFlat(schema.fields.map(flat))));
  return fields ?? undefined;
}

function flat(field: DescField): FlatField | undefined {
  const list = field.fieldKind === 'list';
  const scalar = field.fieldKind === 'scalar' || (list && field.listKind === 'scalar') ? field.scalar : undefined;
  const type = scalar === undefined ? undefined : TYPES[scalar];
  // A field with presence may be absent in data; one in a oneof lies elsewhere.
  const plain = field.oneof === undefined && (list || !field.proto.proto3Optional);
  return type && plain ? { localName: field.localName, jsonName: field.jsonName, protoName: field.name, type, list } : undefined;
}

const everyFlat = (fields: readonly (FlatField | undefined)[]): readonly FlatField[] | null => (fields.every((field) => field !== undefined) ? (fields as readonly FlatField[]) : null);

/** JSON → data. Undefined: not flat, or something is unusual, and the library shall judge. */
export function readFlat(schema: DescMessage, json: JsonObject): object | undefined {
  const data: Record<string, unknown> = {};
  for (const field of flatFields(schema) ?? [undefined]) {
    const value = field && (json[field.jsonName] ?? (json[field.protoName] === undefined ? missing(field) : undefined));
    if (field === undefined || !fits(field, value)) return undefined;
    data[field.localName] = value;
  }
  return data;
}

/** Data → JSON with every field, in the order of the proto. Undefined as above. */
export function writeFlat(schema: DescMessage, data: Readonly<Record<string, unknown>>): JsonObject | undefined {
  const json: JsonObject = {};
  for (const field of flatFields(schema) ?? [undefined]) {
    const value = field && (data[field.localName] ?? missing(field));
    if (field === undefined || !fits(field, value)) return undefined;
    // A copy: what is sealed in place must not be the caller's list.
    json[field.jsonName] = (field.list ? [...(value as JsonValue[])] : value) as JsonValue;
  }
  return json;
}

const missing = ({ list, type }: FlatField): unknown => (list ? [] : DEFAULTS[type]);

function fits({ list, type }: FlatField, value: unknown): boolean {
  if (list) return Array.isArray(value) && value.every((item) => isOf(type, item));
  return isOf(type, value);
}

const isOf = (type: FlatField['type'], value: unknown): boolean => typeof value === type && (type !== 'number' || value === ((value as number) | 0));
