import type { Database } from '@symbolon/postgres';

/** What a person allowed an application for good: scopes of OpenID Connect and our own APIs, and those at each other resource. */
export type AllowedScopes = Readonly<{ scopes: ReadonlySet<string>; at: (resource: string) => ReadonlySet<string> }>;

type Row = Readonly<{ scopes: string[]; resources: Readonly<Record<string, string[]>> }>;

/** Undefined: nothing was allowed, or it was taken back. A scope that was allowed at one resource is nothing at another. */
export async function allowedScopes({ database, apiAudience }: Readonly<{ database: Database; apiAudience: string }>, accountId: string, clientId: string): Promise<AllowedScopes | undefined> {
  const { rows } = await database.query<Row>('select scopes, resources from authentication.authorizations_v1 where subject = $1 and client_id = $2', [accountId, clientId]);
  const row = rows[0];
  if (!row) return undefined;
  const ours = new Set(row.scopes);
  return { scopes: ours, at: (resource) => (resource === apiAudience ? ours : new Set(row.resources[resource] ?? [])) };
}
