/** A purpose as the release of claims needs it. `live`: this person's consent at the text in force. */
export type PurposeInForce = Readonly<{ id: string; basis: string; claims: readonly string[]; live: boolean }>;

/** OIDC Core section 5.4: which claims a scope asks for. */
export const claimsOfScope: Readonly<Record<string, readonly string[]>> = {
  profile: ['given_name', 'family_name', 'name', 'locale', 'preferred_username'],
  email: ['email', 'email_verified'],
};

/**
 * What people call themselves here is their e-mail address: they sign in with it, and it is one person's alone. The claim tells nothing that `email`
 * does not, so it is released only where that is; a part of the address would be no less personal, and two people could share it.
 */
const USER_NAME = 'preferred_username';

/**
 * What a client may be told: the scope asks for it, a purpose that the client declared covers it, and that purpose rests on a basis that is
 * live (a consent that was given and not withdrawn, or another basis). A claim that no purpose covers is never released.
 */
export function releasable(scopes: ReadonlySet<string>, declared: readonly string[], purposes: readonly PurposeInForce[]): ReadonlySet<string> {
  const asked = [...scopes].flatMap((scope) => claimsOfScope[scope] ?? []);
  const lawful = purposes.filter(({ id, basis, live }) => declared.includes(id) && (basis !== 'consent' || live));
  const covered = (claim: string): boolean => lawful.some(({ claims }) => claims.includes(claim));
  return new Set(asked.filter((claim) => (claim === USER_NAME ? scopes.has('email') && covered('email') : covered(claim))));
}
