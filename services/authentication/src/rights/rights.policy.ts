import type { ApiScope, OidcScope } from '../oidc/api-scopes.policy.js';
import type { AskedScopes } from '../oidc/asked-scopes.policy.js';

/** A scope that we know the meaning of. */
export type OurScope = OidcScope | ApiScope;

/** What an application may do: in our own words, or by the word of the API that it is for. */
export type Right = Readonly<{ scope: OurScope }> | Readonly<{ scope: string; host: string }>;

/** `strong`: changes something, is about what people agreed to, or about others. */
export type Rights = Readonly<{ strong: readonly Right[]; plain: readonly Right[] }>;

/** Every scope of ours, in the order in which people care about it: a new one has to say how strong it is. */
const STRONG: Readonly<Record<OurScope, boolean>> = {
  'operations:write': true,
  'clients:write': true,
  'accounts:write': true,
  'purposes:write': true,
  'consent:record': true,
  'consent:write': true,
  'profiles:write': true,
  'accounts:read': true,
  'clients:read': true,
  'consent:read': true,
  'profiles:read': false,
  email: false,
  profile: false,
  openid: false,
  offline_access: false,
};

/** What a page says of scopes, the strong ones apart. Of a word that we do not know nothing is said: it opens nothing here. */
export function rightsOf({ scopes, resources }: AskedScopes): Rights {
  const ours = (Object.keys(STRONG) as OurScope[]).filter((scope) => scopes.includes(scope)).map((scope) => ({ scope }));
  const elsewhere = resources.flatMap(({ resource, scopes: words }) => words.map((scope) => ({ scope, host: URL.canParse(resource) ? new URL(resource).host || resource : resource })));
  return { strong: ours.filter(({ scope }) => STRONG[scope]), plain: [...ours.filter(({ scope }) => !STRONG[scope]), ...elsewhere] };
}
