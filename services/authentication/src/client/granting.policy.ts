import { RECORD } from '../oidc/api-scopes.policy.js';

type Caller = Readonly<{ subject?: string; client: string; roles: readonly string[] }>;

/** Who marks an application for staff, and lets one record consents: administrators, and the operator on the machine (whose client `operator` is). */
export const mayMark = ({ subject, client, roles }: Caller, operator: string): boolean => roles.includes('admin') || (subject === undefined && client === operator);

/** Whoever changes where such an application lives, or gets a secret of it, has in their hands what its users may do. */
export const isPrivileged = ({ staff, scopes }: Readonly<{ staff: boolean; scopes: readonly string[] }>): boolean => staff || scopes.includes(RECORD);
