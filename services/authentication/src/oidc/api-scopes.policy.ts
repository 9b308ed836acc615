/** Scopes of OpenID Connect that applications may ask for. */
export const oidcScopes = ['openid', 'profile', 'email', 'offline_access'] as const;

/** What somebody may let an application do with what is their own. */
const CUSTOMER = ['profiles:read', 'profiles:write', 'consent:read', 'consent:write'] as const;

/** Recording that a person agreed: our own pages, and applications of ours that staff registered for it. */
export const RECORD = 'consent:record';

/** What is about others, or about all. */
const STAFF = ['accounts:read', 'accounts:write', 'clients:read', 'clients:write', 'purposes:write', 'operations:write'] as const;

/** Scopes of our own APIs. */
export const apiScopes = [...CUSTOMER, RECORD, ...STAFF] as const;

export type OidcScope = (typeof oidcScopes)[number];
export type ApiScope = (typeof apiScopes)[number];

/** What a role opens of the staff scopes. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  support: ['accounts:read'],
  privacy: ['accounts:read'],
  auditor: ['accounts:read', 'clients:read'],
  admin: STAFF,
};

/** All that somebody with this role may do at our own APIs, in an application for staff: for others what everybody does for themselves, and what the role opens. */
export const scopesOfRole = (role: string): readonly string[] => [...CUSTOMER, ...(ROLES[role] ?? [])];

/** What an application's registration says about its rights. */
export type Registered = Readonly<{ scopes: readonly string[]; resources: readonly string[]; party: string; staff: boolean }>;

const among = (all: readonly string[]) => (scope: string) => all.includes(scope);

/**
 * The most that a token of a person can hold at our own APIs: registered for the application ∩ what the person has. Staff scopes need an
 * application that staff marked for them and a role of the person: no Allow of anybody gives them.
 */
export function scopesOfPerson({ scopes, party, staff }: Registered, roles: readonly string[]): readonly string[] {
  const role = staff ? roles.flatMap((one) => ROLES[one] ?? []) : [];
  return scopes.filter((scope) => among(CUSTOMER)(scope) || (scope === RECORD && party === 'first') || role.includes(scope));
}

/** The most that a machine can hold at our own APIs: what it was registered for, by somebody who held it. */
export const scopesOfMachine = ({ scopes, party }: Registered): readonly string[] => scopes.filter((scope) => among(apiScopes)(scope) && (scope !== RECORD || party === 'first'));

/** What an application can hold at an API that is not ours. The words of our own APIs mean nothing there. */
export const scopesElsewhere = ({ scopes }: Pick<Registered, 'scopes'>): readonly string[] => scopes.filter((scope) => scope.includes(':') && !among(apiScopes)(scope));

/** Words that name a right at no API: none of ours, and the application is registered for no other. */
export const scopesOfNobody = ({ scopes, resources }: Pick<Registered, 'scopes' | 'resources'>): readonly string[] => (resources.length > 0 ? [] : scopesElsewhere({ scopes }));

/** Scopes of OpenID Connect that an application may ask for: those that its registration names, or all where it names none of them. */
export function oidcScopesOf({ scopes }: Pick<Registered, 'scopes'>): readonly OidcScope[] {
  const named = oidcScopes.filter((scope) => scopes.includes(scope));
  return named.length === 0 ? oidcScopes : named;
}

/** The roles that a token carries: they count in the hands of an application that staff marked, and travel to no other. */
export const rolesFor = ({ staff }: Pick<Registered, 'staff'>, roles: readonly string[]): readonly string[] => (staff ? roles : []);

/** What our own pages may do for the person before them. */
export const isPageScope = among([...CUSTOMER, RECORD]);
