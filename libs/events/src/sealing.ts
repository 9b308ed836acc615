import type { JsonObject } from '@bufbuild/protobuf';
import { Invalid } from '@symbolon/event-sourcing';
import { FORGOTTEN, isSealed, sealedContext, Unsealable, type FieldContext, type Vault } from '@symbolon/vault';
import type { EventKind } from './catalog.js';
import { slots, type Slot } from './personal-fields.js';

/** Whose event it is, and which. */
export type Owner = Omit<FieldContext, 'field'>;

/** Bytes travel in JSON as base64; a mark or a sealed text in their place does as well once it is shown to a reader. */
const asBytes = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const FORGOTTEN_BYTES = asBytes(FORGOTTEN);

/** Seals every personal value of an event's JSON, in place. What was already forgotten stays the mark and needs no key. */
export async function sealSlots(vault: Vault, { schema }: EventKind, json: JsonObject, owner: Owner): Promise<void> {
  await Promise.all(
    slots(schema, json).map(async (slot) => {
      const forgotten = slot.text === (slot.bytes ? FORGOTTEN_BYTES : FORGOTTEN);
      slot.replace(forgotten ? FORGOTTEN : await vault.seal(slot.text, { ...owner, field: slot.field }));
    }),
  );
}

/** Opens every personal value, in place; `FORGOTTEN` where the key is gone. Throws `Unsealable` for a value that was sealed for another place. */
export async function openSlots(vault: Vault, { schema, fullType }: EventKind, json: JsonObject, owner: Owner): Promise<void> {
  await Promise.all(
    slots(schema, json).map(async (slot) => {
      refuseClear(fullType, slot);
      if (isSealed(slot.text)) refuseMoved(slot, owner);
      const text = await vault.open(slot.text, owner.subject);
      slot.replace(slot.bytes && text === FORGOTTEN ? FORGOTTEN_BYTES : text);
    }),
  );
}

/** Leaves values sealed; in a bytes field the sealed text's bytes stand for the value. */
export function showSealed({ schema, fullType }: EventKind, json: JsonObject): void {
  for (const slot of slots(schema, json)) {
    refuseClear(fullType, slot);
    if (slot.bytes && slot.text !== '') slot.replace(asBytes(slot.text));
  }
}

/** A personal value in clear in a store is a fault of whoever wrote it, and is not passed on. */
function refuseClear(type: string, { field, text }: Slot): void {
  if (text === '' || text === FORGOTTEN || isSealed(text)) return;
  throw new Invalid('events/clear_personal_data', `${type}.${field} is stored in clear.`);
}

function refuseMoved({ text, field }: Slot, owner: Owner): void {
  const context = sealedContext(text);
  if (context.event === owner.event && context.type === owner.type && context.field === field) return;
  throw new Unsealable(`${owner.type}.${field} of event ${owner.event} was sealed for another event or field.`);
}
