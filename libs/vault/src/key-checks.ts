import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Tx } from '@symbolon/postgres';
import { VaultRefused } from './vault.js';

/** Keys of an installation that no stored value opens with alone, by the names of their files. */
export type CheckedKeys = Readonly<Record<'pepper' | 'service', Uint8Array>>;

const NAMES = ['pepper', 'service'] as const;

const LOST: Readonly<Record<keyof CheckedKeys, string>> = {
  pepper: 'The pepper is not the one that this installation was made with, so nobody could sign in: accounts are found by it',
  service: 'The service key is not the one that this installation was made with, so its signing keys, sessions and mails could not be read',
};

/** Refuses a key that is not this installation's. Changes nothing. Throws `VaultRefused`. */
export async function refuseForeignKeys(database: Pick<Tx, 'query'>, keys: CheckedKeys): Promise<void> {
  const { rows } = await database.query<{ name: keyof CheckedKeys; value: Uint8Array }>('select name, value from vault.key_checks where name = any ($1)', [NAMES]);
  for (const { name, value } of rows) if (!fits(value, checkOf(name, keys[name]))) throw new VaultRefused(`${LOST[name]}. Put the right key back (file \`keys/${name}\` of the data folder, or the backup of it); nothing was changed.`);
}

/** The same, and keeps a value for each key that has none yet: of a new installation, or of one that is older than these values. */
export async function recogniseKeys(database: Pick<Tx, 'query'>, keys: CheckedKeys): Promise<void> {
  await database.query('insert into vault.key_checks (name, value) select name, value from unnest($1::text[], $2::bytea[]) made (name, value) on conflict do nothing', [NAMES, NAMES.map((name) => checkOf(name, keys[name]))]);
  await refuseForeignKeys(database, keys);
}

/** Tells a key from another one, and nothing about it. */
const checkOf = (name: string, key: Uint8Array): Uint8Array => createHmac('sha256', key).update(`symbolon key check ${name}`).digest();

const fits = (one: Uint8Array, other: Uint8Array): boolean => one.length === other.length && timingSafeEqual(one, other);
