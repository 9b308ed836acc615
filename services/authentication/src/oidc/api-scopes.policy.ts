/** Scopes of our own APIs. */
export const apiScopes = [
  'profiles:read', 'profiles:write', 'consent:read', 'consent:write', 'accounts:read', 'accounts:write', 'clients:read', 'clients:write', 'purposes:write', 'operations:write',
] as const;

/** What everybody may do with their own data. */
const CUSTOMER: readonly string[] = ['profiles:read', 'profiles:write', 'consent:read', 'consent:write'];

/** What a role adds. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  support: ['accounts:read'],
  privacy: ['accounts:read'],
  auditor: ['accounts:read', 'clients:read'],
  admin: apiScopes,
};

/** The most that a person with these roles can be given; asked for more, they get this (effective scope = asked ∩ role). */
export const scopesOfRoles = (roles: readonly string[]): readonly string[] => [...new Set([...CUSTOMER, ...roles.flatMap((role) => ROLES[role] ?? [])])];
