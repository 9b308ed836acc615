import { fileURLToPath } from 'node:url';
import type { Service } from '@symbolon/web';

/** The clone. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Every service of the product, loaded when asked for. */
export const services = async (): Promise<readonly Service[]> => {
  const [{ authentication }, { profiles }, { consent }] = await Promise.all([import('@symbolon/authentication'), import('@symbolon/profiles'), import('@symbolon/consent')]);
  return [consent, profiles, authentication];
};
