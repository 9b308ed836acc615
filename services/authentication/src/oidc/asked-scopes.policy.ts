import { oidcScopesOf, scopesElsewhere, scopesOfPerson } from './api-scopes.policy.js';
import type { Registered } from './api-scopes.policy.js';

/** What a request asks for and can get. `scopes`: of OpenID Connect and our own APIs; elsewhere a scope belongs to its resource. */
export type AskedScopes = Readonly<{ scopes: readonly string[]; resources: readonly Readonly<{ resource: string; scopes: readonly string[] }>[] }>;

export const NOTHING: AskedScopes = { scopes: [], resources: [] };

/** Who asks for what: the parameters of the request, the application, the person, and which resource is our own APIs (RFC 8707). */
type Request = Readonly<{ params: Readonly<Record<string, unknown>>; client: Registered; roles: readonly string[]; apiAudience: string }>;

/** Asked ∩ registered ∩ role, at each resource that is named. This is what a person is shown, and all that they can allow. */
export function askedScopes({ params: { scope, resource }, client, roles, apiAudience }: Request): AskedScopes {
  const words = typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [];
  const asked = (available: readonly string[]) => available.filter((one) => words.includes(one));
  const named = [resource].flat().filter((one): one is string => typeof one === 'string');
  const elsewhere = named.filter((one) => one !== apiAudience && client.resources.includes(one)).map((one) => ({ resource: one, scopes: asked(scopesElsewhere(client)) }));
  return { scopes: [...asked(oidcScopesOf(client)), ...(named.includes(apiAudience) ? asked(scopesOfPerson(client, roles)) : [])], resources: elsewhere.filter(({ scopes }) => scopes.length > 0) };
}

/** All of it as one text, so that a form can say what its page showed. */
export const inWords = ({ scopes, resources }: AskedScopes): string => [scopes, ...resources.map((one) => [one.resource, ...one.scopes])].map((words) => words.join(' ')).join('|');
