import type { KeyObject } from 'node:crypto';
import { decrypt, encrypt, secretKey } from './aead.js';
import { Unsealable, VaultRefused } from './vault.js';

const CHECK = 'symbolon vault';

/** A subject's key under the key-encryption key; bound to its subject, so that rows cannot be swapped. */
export const wrapKey = (kek: KeyObject, key: Uint8Array, subject: string): Uint8Array => encrypt(kek, key, forSubject(subject));

/** Throws `VaultRefused` when it was wrapped with another key-encryption key. */
export function unwrapKey(kek: KeyObject, wrapped: Uint8Array, subject: string): Uint8Array {
  try {
    return decrypt(kek, wrapped, forSubject(subject));
  } catch (error) {
    if (!(error instanceof Unsealable)) throw error;
    throw new VaultRefused('A subject key does not open with this key-encryption key: the key was rotated (start again with the new one) or the row was altered.');
  }
}

/** A value by which a later start recognises the key-encryption key. */
export const kekCheck = (kek: KeyObject): Uint8Array => encrypt(kek, Buffer.from(CHECK), 'kek-check');

/** Whether `check` was made with this key-encryption key. */
export function recognises(kek: KeyObject, check: Uint8Array): boolean {
  try {
    return Buffer.from(decrypt(kek, check, 'kek-check')).toString() === CHECK;
  } catch (error) {
    if (error instanceof Unsealable) return false;
    throw error;
  }
}

/** The same wrapped key under another key-encryption key. */
export const rewrapKey = (from: KeyObject, to: KeyObject, wrapped: Uint8Array, subject: string): Uint8Array => wrapKey(to, unwrapKey(from, wrapped, subject), subject);

/** A subject's key, unwrapped. */
export const unwrapped = (kek: KeyObject, wrapped: Uint8Array, subject: string): KeyObject => secretKey(unwrapKey(kek, wrapped, subject));

const forSubject = (subject: string): string => JSON.stringify(['subject-key', subject]);
