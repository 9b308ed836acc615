import { Problem } from '@symbolon/web';
import type { Ports } from '@symbolon/web';

/** A purpose that was published a moment ago is known here a moment later. Milliseconds. */
const PATIENCE = 2_000;
const STEP = 50;

/** Refuses (422) purposes that nobody published, and says which there are: an application that names one of those would never be told the claims that it waits for. */
export async function requirePurposes({ database }: Pick<Ports, 'database'>, asked: readonly string[]): Promise<void> {
  for (const until = performance.now() + PATIENCE; asked.length > 0; await new Promise((resolve) => setTimeout(resolve, STEP))) {
    const { rows } = await database.query<{ purpose: string }>('select purpose from authentication.purposes_v1 order by purpose');
    const known = rows.map(({ purpose }) => purpose);
    const unknown = asked.filter((purpose) => !known.includes(purpose));
    if (unknown.length === 0) return;
    if (performance.now() < until) continue;
    throw new Problem({
      type: 'authentication/unknown_purpose', title: 'There is no such purpose', status: 422, detail: `There is no purpose ${unknown.join(', ')}. There are: ${known.join(', ')}.`,
      errors: [{ field: 'purposes', rule: 'known', message: `There is no purpose ${unknown.join(', ')}. Name those that exist (${known.join(', ')}), or publish it first.` }],
    });
  }
}
