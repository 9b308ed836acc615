import type { KeyObject } from 'node:crypto';
import { openText, sealText } from './sealed-text.js';
import { openBytes, sealBytes } from './service-seal.js';
import type { SubjectKeys } from './subject-keys.js';
import { FORGOTTEN, SubjectForgotten, VaultRefused, type Vault } from './vault.js';

/** A vault over subject keys, wherever they lie. */
export function sealing(keys: SubjectKeys, service: KeyObject): Vault {
  return {
    async seal(value, context) {
      const key = await keys.key(context.subject, true);
      if (key === 'forgotten') throw new SubjectForgotten(`The key of ${context.subject} was destroyed; nothing can be sealed for it any more.`);
      if (key === undefined) throw new VaultRefused(`No key could be made for ${context.subject}.`);
      return sealText(key, value, context);
    },
    async open(sealed, subject) {
      if (sealed === '' || sealed === FORGOTTEN) return sealed;
      const key = await keys.key(subject, false);
      if (key === 'forgotten') return FORGOTTEN;
      // A key that is merely missing is a vault restored from too old a backup: calling that forgotten would lose the data silently.
      if (key === undefined) throw new VaultRefused(`The vault never had a key of ${subject}: is it the right one, restored completely?`);
      return openText(key, sealed, subject);
    },
    forget: (subject) => keys.forget(subject),
    sealForService: (value, context) => sealBytes(service, value, context),
    openForService: (sealed, context) => openBytes(service, sealed, context),
  };
}
