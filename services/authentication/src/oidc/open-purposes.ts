import type { Database } from '@symbolon/postgres';
import { claimsOfScope } from './claim-release.policy.js';

/** A purpose as the question whether to ask for it needs it. */
export type Offerable = Readonly<{ purpose: string; optional: boolean; granted: boolean; claims: readonly string[] }>;

/** The scope of our own API that asks for every attribute: purposes decide which are told. */
const WHOLE_PROFILE = 'profiles:read';

/** Purposes that a page offers: declared by the application, resting on consent, not granted yet, and about a claim that was asked for. */
export function offered<P extends Offerable>(purposes: readonly P[], declared: readonly string[], scopes: readonly string[]): readonly P[] {
  const whole = scopes.includes(WHOLE_PROFILE);
  const asked = new Set(scopes.flatMap((scope) => claimsOfScope[scope] ?? []));
  return purposes.filter(({ purpose, optional, granted, claims }) => optional && !granted && declared.includes(purpose) && claims.some((claim) => whole || asked.has(claim)));
}

/** Purposes of these that rest on a consent that this person neither gave nor refused at the text in force. */
const UNANSWERED = `
  select p.purpose, true as optional, false as granted, p.claims from authentication.purposes_v1 p
  left join authentication.consents_v1 c on c.purpose = p.purpose and c.subject = $1
  left join authentication.answers_v1 a on a.purpose = p.purpose and a.subject = $1
  where p.purpose = any ($2) and p.basis = 'consent' and c.text_version is distinct from p.text_version and a.text_version is distinct from p.text_version`;

type Asked = Readonly<{ accountId: string; declared: readonly string[]; scopes: readonly string[] }>;

/** Whether something is still to be asked of this person before the application is answered. Most requests need no look at the tables. */
export async function hasOpenPurposes(database: Database, { accountId, declared, scopes }: Asked): Promise<boolean> {
  if (declared.length === 0 || !scopes.some((scope) => scope === WHOLE_PROFILE || scope in claimsOfScope)) return false;
  const { rows } = await database.query<Offerable>(UNANSWERED, [accountId, declared]);
  return offered(rows, declared, scopes).length > 0;
}
