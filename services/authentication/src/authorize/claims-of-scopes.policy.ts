/** What a person calls a piece of data: a key of the message catalogue. */
export type Datum = 'email' | 'name' | 'locale' | 'identifier';

const DATA: Readonly<Record<string, readonly Datum[]>> = { openid: ['identifier'], email: ['email'], profile: ['name', 'locale'] };

/** Claims by the word that a person uses for them. */
const CLAIMS: Readonly<Record<string, Datum>> = { email: 'email', email_verified: 'email', given_name: 'name', family_name: 'name', name: 'name', locale: 'locale' };

const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];

/** What an application asks for, in the order that people care about. Scopes without personal data say nothing here. */
export const dataOf = (scopes: readonly string[]): readonly Datum[] => {
  const asked = scopes.flatMap((scope) => DATA[scope] ?? []);
  return (['email', 'name', 'locale', 'identifier'] as const).filter((datum) => asked.includes(datum));
};

/** What a purpose uses. */
export const dataOfClaims = (claims: readonly string[]): readonly Datum[] => unique(claims.flatMap((claim) => CLAIMS[claim] ?? []));

/** Purposes that the page offers: declared by the application, resting on consent, not granted yet, and about something that was asked for. */
export const offered = <P extends Readonly<{ purpose: string; optional: boolean; granted: boolean; claims: readonly string[] }>>(purposes: readonly P[], declared: readonly string[], scopes: readonly string[]): readonly P[] => {
  const asked = new Set(dataOf(scopes));
  return purposes.filter(({ purpose, optional, granted, claims }) => optional && !granted && declared.includes(purpose) && dataOfClaims(claims).some((datum) => asked.has(datum)));
};
