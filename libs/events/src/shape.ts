import type { DescField, DescMessage, DescOneof } from '@bufbuild/protobuf';
import { FAULTS, Invalid, LONGEST_TEXT, textFault } from '@symbolon/event-sourcing';
import { textRuleOf } from './text-fields.js';

/** Refuses what the protobuf library would swallow (unknown keys, null, a text for a list), and every text that somebody who follows the event could not keep. */
export function checkShape(schema: DescMessage, data: object): void {
  const members = membersOf(schema);
  for (const [key, value] of Object.entries(data)) {
    const member = members.get(key);
    if (member === undefined) throw refused(`${schema.typeName} has no field ${key}.`);
    if (member.kind === 'oneof') checkOneof(member, value);
    else if (value !== undefined) checkField(member, value);
  }
}

const known = new WeakMap<DescMessage, ReadonlyMap<string, DescField | DescOneof>>();

function membersOf(schema: DescMessage): ReadonlyMap<string, DescField | DescOneof> {
  const members = known.get(schema) ?? new Map(schema.members.map((member) => [member.localName, member]));
  known.set(schema, members);
  return members;
}

function checkOneof(oneof: DescOneof, value: { case?: string; value?: unknown }): void {
  if (value.case === undefined) return;
  const field = oneof.fields.find(({ localName }) => localName === value.case);
  if (field === undefined) throw refused(`${oneof.parent.typeName}.${oneof.name} has no case ${value.case}.`);
  checkField(field, value.value);
}

function checkField(field: DescField, value: unknown): void {
  if (field.fieldKind === 'list') {
    if (!Array.isArray(value)) throw refused(`${nameOf(field)} must be a list.`);
    for (const item of value) checkItem(field, item);
  } else if (field.fieldKind === 'map') {
    if (typeof value !== 'object' || value === null) throw refused(`${nameOf(field)} must be a map.`);
    for (const [key, item] of Object.entries(value)) {
      checkText(field, key);
      checkItem(field, item);
    }
  } else checkItem(field, value);
}

function checkItem(field: DescField, value: unknown): void {
  if (value === null || value === undefined) throw refused(`${nameOf(field)} must not be null.`);
  if (typeof value === 'string') checkText(field, value);
  if (value instanceof Uint8Array && value.byteLength > (textRuleOf(field).longest ?? LONGEST_TEXT)) throw refused(`${nameOf(field)} ${FAULTS.too_long}.`);
  if (field.message === undefined) return;
  if (typeof value !== 'object') throw refused(`${nameOf(field)} must be an object.`);
  checkShape(field.message, value);
}

function checkText(field: DescField, value: string): void {
  const fault = textFault(value, textRuleOf(field));
  if (fault !== undefined) throw refused(`${nameOf(field)} ${FAULTS[fault]}.`);
}

const nameOf = (field: DescField): string => `${field.parent.typeName}.${field.name}`;
const refused = (message: string): Invalid => new Invalid('events/invalid_field', message);
