import { getOption, hasOption, ScalarType, type DescField, type DescMessage, type JsonObject, type JsonValue } from '@bufbuild/protobuf';
import { personal } from './gen/options.js';

/** One personal value in an event's JSON: where it lies, and how to put another text there. */
export type Slot = Readonly<{ field: string; bytes: boolean; text: string; replace(text: string): void }>;

const isMarked = (field: DescField): boolean => hasOption(field, personal) && getOption(field, personal);
const messageOf = (field: DescField): DescMessage | undefined => field.message;
const scalarOf = (field: DescField): ScalarType | undefined => (field.fieldKind === 'scalar' || (field.fieldKind === 'list' && field.listKind === 'scalar') ? field.scalar : undefined);

/** Whether an event of this kind can hold personal data, at any depth. */
export function holdsPersonal(schema: DescMessage, above: readonly DescMessage[] = []): boolean {
  if (above.includes(schema)) return false;
  return schema.fields.some((field) => isMarked(field) || (messageOf(field) !== undefined && holdsPersonal(messageOf(field) as DescMessage, [...above, schema])));
}

/** Throws when a marked field is neither string nor bytes (nor a list of them): it would be stored in clear. */
export function refuseMisplacedMarks(schema: DescMessage, above: readonly DescMessage[] = []): void {
  if (above.includes(schema)) return;
  for (const field of schema.fields) {
    const scalar = scalarOf(field);
    if (isMarked(field) && scalar !== ScalarType.STRING && scalar !== ScalarType.BYTES) {
      throw new TypeError(`${schema.typeName}.${field.name} is marked as personal, which only string and bytes fields may be.`);
    }
    const message = messageOf(field);
    if (message !== undefined) refuseMisplacedMarks(message, [...above, schema]);
  }
}

const known = new WeakMap<DescMessage, readonly DescField[]>();

/** The fields that are or contain personal values; found once, for looking an option up is slow. */
function relevant(schema: DescMessage): readonly DescField[] {
  const fields = known.get(schema) ?? schema.fields.filter((field) => isMarked(field) || (messageOf(field) !== undefined && holdsPersonal(messageOf(field) as DescMessage)));
  known.set(schema, fields);
  return fields;
}

/** Every personal value that is present in `json`, the proto3 JSON of a message of this schema. Fields are named as in the proto. */
export function slots(schema: DescMessage, json: JsonObject, path = ''): Slot[] {
  const found: Slot[] = [];
  for (const field of relevant(schema)) {
    const key = Object.hasOwn(json, field.jsonName) ? field.jsonName : field.name;
    const value = json[key];
    if (value !== undefined && value !== null) found.push(...fieldSlots(field, value, `${path}${field.name}`, (text) => (json[key] = text)));
  }
  return found;
}

function fieldSlots(field: DescField, value: JsonValue, path: string, replace: (text: string) => void): Slot[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => itemSlots(field, item, `${path}[${index}]`, (text) => (value[index] = text)));
  if (field.fieldKind === 'map') return Object.entries(value as JsonObject).flatMap(([key, item]) => itemSlots(field, item, `${path}[${key}]`, () => undefined));
  return itemSlots(field, value, path, replace);
}

function itemSlots(field: DescField, value: JsonValue, path: string, replace: (text: string) => void): Slot[] {
  const message = messageOf(field);
  if (message === undefined) return typeof value === 'string' ? [{ field: path, bytes: scalarOf(field) === ScalarType.BYTES, text: value, replace }] : [];
  return !isObject(value) ? [] : slots(message, value, `${path}.`);
}

const isObject = (value: JsonValue): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
