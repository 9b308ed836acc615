import { newKey, secretKey } from './aead.js';
import { sealing } from './sealing.js';
import { SubjectKeys, type Found, type KeyRows } from './subject-keys.js';
import type { Vault } from './vault.js';

/** A vault for specs: real sealing, keys in memory only. */
export function memoryVault(clock: () => number = Date.now): Vault {
  return sealing(new SubjectKeys(memoryKeys(), clock), secretKey(newKey()));
}

/** Key rows that nobody else sees. */
export function memoryKeys(): KeyRows {
  const rows = new Map<string, Found>();
  const find = async (subjects: readonly string[]) => new Map(subjects.flatMap((subject) => entry(subject, rows.get(subject))));
  return {
    find,
    async create(subjects) {
      for (const subject of subjects) if (!rows.has(subject)) rows.set(subject, secretKey(newKey()));
      return find(subjects);
    },
    async forget(subject) {
      rows.set(subject, 'forgotten');
    },
  };
}

const entry = (subject: string, found: Found | undefined): readonly [string, Found][] => (found === undefined ? [] : [[subject, found]]);
