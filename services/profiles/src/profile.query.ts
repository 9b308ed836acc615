import type { Ports } from '@symbolon/web';
import { attributeNames, usualWriter } from './attributes.policy.js';
import type { AttributeName } from './attributes.policy.js';

/** An attribute with its provenance; `value` null: there is none (any longer). */
export type AttributeView = Readonly<{ name: string; value: string | null; setBy: string | null; verified: string | null; since: Date | null; writableBy: string }>;

type Row = { name: string; value: string | null; set_by: string | null; verified: string | null; since: Date | null; writable_by: string | null };

/** What the caller is told of a person's profile; undefined: there is none. */
export async function profileOf({ database, vault }: Pick<Ports, 'database' | 'vault'>, subject: string, told: (attribute: AttributeName) => boolean): Promise<readonly AttributeView[] | undefined> {
  const there = await database.query('select 1 from profiles.profiles_v1 where subject = $1', [subject]);
  if (there.rowCount === 0) return undefined;
  const { rows } = await database.query<Row>('select name, value, set_by, verified, since, writable_by from profiles.attributes_v1 where subject = $1', [subject]);
  return Promise.all(
    attributeNames.filter(told).map(async (name) => {
      const row = rows.find((one) => one.name === name);
      return {
        name,
        value: row?.value === null || row?.value === undefined ? null : await vault.open(row.value, subject),
        setBy: row?.set_by ?? null,
        verified: row?.verified ?? null,
        since: row?.since ?? null,
        writableBy: row?.writable_by ?? usualWriter(name),
      };
    }),
  );
}
