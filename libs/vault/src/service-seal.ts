import type { KeyObject } from 'node:crypto';
import { decrypt, encrypt } from './aead.js';
import { Unsealable } from './vault.js';

const VERSION = 1;

/** One version byte, then nonce, ciphertext and tag. */
export function sealBytes(key: KeyObject, value: Uint8Array, context: string): Uint8Array {
  return Buffer.concat([Uint8Array.of(VERSION), encrypt(key, value, associated(context))]);
}

/** Opens what `sealBytes` made in the same context. Throws `Unsealable`. */
export function openBytes(key: KeyObject, sealed: Uint8Array, context: string): Uint8Array {
  if (sealed[0] !== VERSION) throw new Unsealable('Not sealed with a service key.');
  return decrypt(key, sealed.subarray(1), associated(context));
}

const associated = (context: string): string => JSON.stringify(['service', VERSION, context]);
