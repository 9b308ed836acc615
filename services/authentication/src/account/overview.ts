import type { AskedScopes } from '../oidc/asked-scopes.policy.js';

/** What somebody sees of their own account, and may change. */
export type Overview = Readonly<{
  email: string;
  firstName: string;
  lastName: string;
  purposes: readonly PurposeRow[];
  applications: readonly ApplicationRow[];
}>;

/** `optional`: rests on consent, so that it can be granted and withdrawn. `answered`: yes or no was said to the text in force. `asked`: the version of that text. */
export type PurposeRow = Readonly<{ purpose: string; title: string; text: string; claims: readonly string[]; optional: boolean; granted: boolean; answered: boolean; asked: number }>;
export type ApplicationRow = Readonly<{ id: string; name: string; allowed: AskedScopes; since: Date }>;
