import type { KeyObject } from 'node:crypto';
import type { Database } from '@symbolon/postgres';
import { newKey } from './aead.js';
import { unwrapped, wrapKey } from './key-wrapping.js';
import type { Found, KeyRows } from './subject-keys.js';
import { VaultRefused } from './vault.js';

type Row = { subject: string; wrapped: Uint8Array | null };

/** Key rows in schema `vault`. `check` is the value that the key-encryption key was recognised by: keys are made only while it stands. */
export function postgresKeys(database: Database, kek: KeyObject, check: Uint8Array): KeyRows {
  const find = async (subjects: readonly string[]) => {
    const { rows } = await database.query<Row>('select subject, wrapped from vault.subject_keys where subject = any($1::text[])', [subjects]);
    return new Map(rows.map(({ subject, wrapped }): [string, Found] => [subject, wrapped === null ? 'forgotten' : unwrapped(kek, wrapped, subject)]));
  };
  return {
    find,
    async create(subjects) {
      const wrapped = subjects.map((subject) => wrapKey(kek, newKey(), subject));
      await database.query(CREATE, [subjects, wrapped, check]);
      const found = await find(subjects);
      if (subjects.some((subject) => !found.has(subject))) throw new VaultRefused('The key-encryption key was rotated while this process ran: start it again with the new key.');
      return found;
    },
    async forget(subject) {
      await database.query(FORGET, [subject]);
    },
  };
}

/** Waits for a rotation under way, and inserts nothing after it. */
const CREATE = `
  with recognised as (select from vault.kek_check where value = $3 for share)
  insert into vault.subject_keys (subject, wrapped)
  select subject, wrapped from unnest($1::text[], $2::bytea[]) as made (subject, wrapped) where exists (select from recognised)
  on conflict (subject) do nothing`;

const FORGET = `
  insert into vault.subject_keys (subject, wrapped, forgotten_at) values ($1, null, clock_timestamp())
  on conflict (subject) do update set wrapped = null, forgotten_at = coalesce(subject_keys.forgotten_at, excluded.forgotten_at)`;
