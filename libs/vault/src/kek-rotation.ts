import type { KeyObject } from 'node:crypto';
import type { Database, Tx } from '@symbolon/postgres';
import { secretKey } from './aead.js';
import { kekCheck, recognises, rewrapKey } from './key-wrapping.js';
import { VaultRefused } from './vault.js';

const BATCH = 1_000;

export type Rotation = Readonly<{ database: Database; from: Uint8Array; to: Uint8Array }>;

/**
 * Wraps every subject key with another key-encryption key, all or none; answers how many. Sealed data stay as they are.
 * Processes that still hold the old one make no key afterwards and say that they must be started again.
 */
export async function rotateKek({ database, from, to }: Rotation): Promise<number> {
  const [old, next] = [secretKey(from), secretKey(to)];
  return database.transaction(async (tx) => {
    const { rows } = await tx.query<{ value: Uint8Array }>('select value from vault.kek_check for update');
    const check = rows[0]?.value;
    if (check === undefined || !recognises(old, check)) throw new VaultRefused('The old key-encryption key is not the one of this vault; nothing was changed.');
    const count = await rewrapAll(tx, old, next);
    await tx.query('update vault.kek_check set value = $1', [kekCheck(next)]);
    return count;
  });
}

async function rewrapAll(tx: Tx, old: KeyObject, next: KeyObject): Promise<number> {
  let after = '';
  for (let count = 0; ; ) {
    const { rows } = await tx.query<{ subject: string; wrapped: Uint8Array }>(
      'select subject, wrapped from vault.subject_keys where wrapped is not null and subject > $1 order by subject limit $2 for update',
      [after, BATCH],
    );
    const last = rows.at(-1);
    if (last === undefined) return count;
    const wrapped = rows.map((row) => rewrapKey(old, next, row.wrapped, row.subject));
    await tx.query(
      'update vault.subject_keys set wrapped = made.wrapped from unnest($1::text[], $2::bytea[]) as made (subject, wrapped) where subject_keys.subject = made.subject and subject_keys.wrapped is not null',
      [rows.map(({ subject }) => subject), wrapped],
    );
    after = last.subject;
    count += rows.length;
  }
}
