import { Problem } from '@symbolon/web';
import type { FieldError } from '@symbolon/web';
import { scopesOfNobody } from '../oidc/api-scopes.policy.js';
import { mayLeadTo } from '../oidc/application-fetch.js';

type Described = Readonly<{ scopes: readonly string[]; resources: readonly string[]; jwksUri?: string | undefined }>;

/** What is wrong with a description as a whole: a scope that exists nowhere, keys where nobody would fetch them. `networks`: where they may be fetched beside the public internet. */
export function clientFaults({ scopes, resources, jwksUri }: Described, networks: readonly string[]): readonly FieldError[] {
  const unknown = scopesOfNobody({ scopes, resources });
  return [
    ...(unknown.length > 0 ? [{ field: 'scopes', rule: 'unknown_scope', message: `There is no scope ${unknown.join(', ')} at our APIs. If it is of an API of yours, name that API in resources.` }] : []),
    ...(jwksUri && !mayLeadTo(jwksUri, networks) ? [{ field: 'jwksUri', rule: 'public_address', message: 'Keys are fetched from public addresses only; send them as jwks, or have the operator allow the network in SYMBOLON_APPLICATION_NETWORKS.' }] : []),
  ];
}

/** Throws the problem that names them. */
export function refuseFaults(described: Described, networks: readonly string[]): void {
  const errors = clientFaults(described, networks);
  if (errors.length > 0) throw new Problem({ type: 'web/invalid', title: 'The request is not valid', status: 400, errors });
}
