import { create, fromJson, toJson, type DescMessage, type JsonObject } from '@bufbuild/protobuf';
import { Invalid } from '@symbolon/event-sourcing';
import { readFlat, writeFlat } from './flat-message.js';
import { checkShape } from './shape.js';

/** Data of an event → its proto3 JSON. Throws `Invalid` naming the field; the message never holds the value, for it may be personal. */
export function toEventJson(schema: DescMessage, data: object): JsonObject {
  checkShape(schema, data);
  const flat = writeFlat(schema, data as Readonly<Record<string, unknown>>);
  return flat ?? naming(schema, () => {
    const json = toJson(schema, create(schema, data as never), { alwaysEmitImplicit: true });
    // Writing lets pass what reading refuses (1.5 for an int32): what cannot be read must not be stored.
    fromJson(schema, json);
    return json as JsonObject;
  });
}

/** Proto3 JSON → data, without the library's own fields. Unknown fields are ignored, so that an older version reads what a newer one wrote. */
export function fromEventJson(schema: DescMessage, json: JsonObject): object {
  return readFlat(schema, json) ?? naming(schema, () => plain(fromJson(schema, json, { ignoreUnknownFields: true })) as object);
}

/** Bytes as a store keeps them → JSON object. */
export function parseObject(bytes: Uint8Array, what: string): JsonObject {
  try {
    const json: unknown = JSON.parse(DECODER.decode(bytes));
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject;
  } catch {
    // Falls through: the parser's sentence would quote the text, which may be personal.
  }
  throw new Invalid('events/not_json', `${what} is not a JSON object.`);
}

const DECODER = new TextDecoder('utf-8', { fatal: true });

function naming<T>(schema: DescMessage, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const field = /field ([\w.]+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw new Invalid('events/invalid_field', `${field ?? schema.typeName} does not fit its schema.`);
  }
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).filter(([key]) => key !== '$typeName' && key !== '$unknown');
  return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
}
