import { scopesOfRole } from '../oidc/api-scopes.policy.js';

/** Who asks, as the token says. Without a subject it is a machine, which may what its scopes say. */
export type Staff = Readonly<{ subject?: string; roles: readonly string[]; scopes: ReadonlySet<string> }>;

const hasOne = ({ subject, roles }: Staff, ...of: readonly string[]): boolean => subject === undefined || of.some((role) => roles.includes(role));

/** Sees which accounts there are, and in which state. */
export const maySee = (staff: Staff): boolean => hasOne(staff, 'support', 'privacy', 'auditor', 'admin');

/** Sees whose they are: address and names. */
export const mayOpen = (staff: Staff): boolean => hasOne(staff, 'support', 'privacy', 'admin');

/** Blocks, ends, recovers, creates. */
export const mayChange = (staff: Staff): boolean => hasOne(staff, 'admin');

/** Gives and takes a role. Nobody gives more than they hold: an administrator holds every role, a machine those whose scopes its token has. */
export const mayGive = (staff: Staff, role: string): boolean => (staff.subject === undefined ? scopesOfRole(role).every((scope) => staff.scopes.has(scope)) : staff.roles.includes('admin'));
