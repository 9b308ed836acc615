import type { Database } from '@symbolon/postgres';
import { Problem } from '@symbolon/web';

/** How long a purpose may take from its publication to our table, in milliseconds; only a refusal waits for it. */
const PATIENCE = 2_000;
const STEP = 50;

/** Throws a problem that names every purpose that nobody published, or that was retired: an application that declares one would wait for a consent that cannot be given. */
export async function knownPurposes(database: Database, declared: readonly string[]): Promise<void> {
  for (const until = performance.now() + PATIENCE; ; await new Promise((resolve) => setTimeout(resolve, STEP))) {
    const { rows } = await database.query<{ purpose: string }>('select purpose from authentication.purposes_v1 where purpose = any ($1)', [declared]);
    const unknown = declared.filter((one) => !rows.some(({ purpose }) => purpose === one));
    if (unknown.length === 0) return;
    if (performance.now() < until) continue;
    const errors = unknown.map((purpose) => ({ field: 'purposes', rule: 'unknown_purpose', message: `There is no purpose ${purpose}. Publish it first, or name one of GET /api/consent/v1/purposes.` }));
    throw new Problem({ type: 'authentication/unknown_purpose', title: 'A purpose is named that does not exist', status: 422, errors });
  }
}
