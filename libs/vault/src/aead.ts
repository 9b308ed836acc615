import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { Unsealable } from './vault.js';

const NONCE = 12;
const TAG = 16;

/** Bytes of every key in this house. */
export const KEY_BYTES = 32;

/** AES-256-GCM under a fresh random nonce: nonce, ciphertext, tag. */
export function encrypt(key: KeyObject, value: Uint8Array, associated: string): Uint8Array {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
  cipher.setAAD(Buffer.from(associated, 'utf8'));
  return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]);
}

/** The inverse; throws `Unsealable` for anything but what `encrypt` made with this key and these associated data. */
export function decrypt(key: KeyObject, sealed: Uint8Array, associated: string): Uint8Array {
  if (sealed.length < NONCE + TAG) throw new Unsealable('Too short to be sealed.');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG });
  decipher.setAAD(Buffer.from(associated, 'utf8'));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE, sealed.length - TAG)), decipher.final()]);
  } catch {
    throw new Unsealable('It was tampered with, or sealed for something else or with another key.');
  }
}

/** A key as Node keeps it: outside the JavaScript heap. */
export function secretKey(bytes: Uint8Array): KeyObject {
  if (bytes.length !== KEY_BYTES) throw new RangeError(`A key has ${KEY_BYTES} bytes, not ${bytes.length}.`);
  return createSecretKey(bytes);
}

/** A new random key. */
export const newKey = (): Uint8Array => randomBytes(KEY_BYTES);
