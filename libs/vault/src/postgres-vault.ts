import type { KeyObject } from 'node:crypto';
import type { Database } from '@symbolon/postgres';
import { secretKey } from './aead.js';
import { kekCheck, recognises } from './key-wrapping.js';
import { postgresKeys } from './postgres-keys.js';
import { sealing } from './sealing.js';
import { SubjectKeys } from './subject-keys.js';
import { VaultRefused, type Vault } from './vault.js';

/** `database` runs under the vault's own role; `clock` in milliseconds. */
export type PostgresVaultOptions = Readonly<{ database: Database; kek: Uint8Array; serviceKey: Uint8Array; clock?: () => number }>;

/** The vault in schema `vault`. Throws `VaultRefused` when the key-encryption key is not the one that its keys are wrapped with. */
export async function postgresVault({ database, kek, serviceKey, clock = Date.now }: PostgresVaultOptions): Promise<Vault> {
  const wrapping = secretKey(kek);
  const check = await recognised(database, wrapping);
  return sealing(new SubjectKeys(postgresKeys(database, wrapping, check), clock), secretKey(serviceKey));
}

async function recognised(database: Database, kek: KeyObject): Promise<Uint8Array> {
  const check = (await stored(database)) ?? (await first(database, kek));
  if (recognises(kek, check)) return check;
  throw new VaultRefused(
    'The key-encryption key is not the one that this vault was made with, so no personal data could be read. Put the right key back (file `keys/kek` of the data folder, or the backup of it); nothing was changed.',
  );
}

async function stored(database: Database): Promise<Uint8Array | undefined> {
  const { rows } = await database.query<{ value: Uint8Array }>('select value from vault.kek_check');
  return rows[0]?.value;
}

/** Only a vault without a single key may take a key-encryption key as its own. */
async function first(database: Database, kek: KeyObject): Promise<Uint8Array> {
  await database.query('insert into vault.kek_check (value) select $1::bytea where not exists (select from vault.subject_keys) on conflict do nothing', [kekCheck(kek)]);
  const check = await stored(database);
  if (check !== undefined) return check;
  throw new VaultRefused('The vault holds subject keys but not the value by which its key-encryption key is recognised: restore table `vault.kek_check` from its backup; nothing was changed.');
}
