/** A purpose as the release of claims needs it. `live`: this person's consent at the text in force. */
export type PurposeInForce = Readonly<{ id: string; basis: string; claims: readonly string[]; live: boolean }>;

/** OIDC Core section 5.4: which claims a scope asks for. */
export const claimsOfScope: Readonly<Record<string, readonly string[]>> = {
  profile: ['given_name', 'family_name', 'name', 'locale'],
  email: ['email', 'email_verified'],
};

/**
 * What a client may be told: the scope asks for it, a purpose that the client declared covers it, and that purpose rests on a basis that is
 * live (a consent that was given and not withdrawn, or another basis). A claim that no purpose covers is never released.
 */
export function releasable(scopes: ReadonlySet<string>, declared: readonly string[], purposes: readonly PurposeInForce[]): ReadonlySet<string> {
  const asked = [...scopes].flatMap((scope) => claimsOfScope[scope] ?? []);
  const lawful = purposes.filter(({ id, basis, live }) => declared.includes(id) && (basis !== 'consent' || live));
  return new Set(asked.filter((claim) => lawful.some(({ claims }) => claims.includes(claim))));
}
