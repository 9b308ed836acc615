import type { KeyObject } from 'node:crypto';
import { decrypt, encrypt } from './aead.js';
import { Unsealable, type FieldContext } from './vault.js';

const VERSION = 's1';

/** What a sealed text says of itself. The subject is not in it: whoever opens must know whose it is. */
export type SealedContext = Readonly<{ event: string; type: string; field: string }>;

/** `s1.<event, type and field>.<nonce, ciphertext, tag>`, both base64url. */
export function sealText(key: KeyObject, value: string, context: FieldContext): string {
  const bytes = encrypt(key, Buffer.from(value, 'utf8'), associated(context, context.subject));
  const header = Buffer.from(JSON.stringify([context.event, context.type, context.field]), 'utf8');
  return `${VERSION}.${header.toString('base64url')}.${Buffer.from(bytes).toString('base64url')}`;
}

/** Opens what `sealText` made for this subject. Throws `Unsealable`. */
export function openText(key: KeyObject, sealed: string, subject: string): string {
  const context = sealedContext(sealed);
  const bytes = Buffer.from(sealed.slice(sealed.lastIndexOf('.') + 1), 'base64url');
  return Buffer.from(decrypt(key, bytes, associated(context, subject))).toString('utf8');
}

/** Whether a text claims to be sealed. */
export const isSealed = (text: string): boolean => text.startsWith(`${VERSION}.`);

/** Event, type and field that a sealed text was made for; authentic only once it has been opened. */
export function sealedContext(sealed: string): SealedContext {
  const [version, header, bytes, more] = sealed.split('.');
  if (version !== VERSION || header === undefined || bytes === undefined || more !== undefined) throw new Unsealable('Not a sealed text.');
  const parts = parsed(Buffer.from(header, 'base64url').toString('utf8'));
  if (!isContext(parts)) throw new Unsealable('Not a sealed text.');
  return { event: parts[0], type: parts[1], field: parts[2] };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Unsealable('Not a sealed text.');
  }
}

const isContext = (parts: unknown): parts is [string, string, string] => Array.isArray(parts) && parts.length === 3 && parts.every((part) => typeof part === 'string');

const associated = ({ event, type, field }: SealedContext, subject: string): string => JSON.stringify([VERSION, event, type, subject, field]);
