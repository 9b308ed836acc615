import { errors } from 'oidc-provider';
import type { Database } from '@symbolon/postgres';
import { unreadAnswers } from '../unread.js';
import { restOnAuthorization } from './rests-on.js';
import { WITHDRAWN } from './withdrawn.js';

/** What a person allowed an application for good: scopes of OpenID Connect and our own APIs, and those at each other resource. */
export type AllowedScopes = Readonly<{ scopes: ReadonlySet<string>; at: (resource: string) => ReadonlySet<string> }>;

type Row = Readonly<{ scopes: string[] | null; resources: Readonly<Record<string, string[]>> | null; unread: boolean; revoked: string }>;

const SELECT = `
  select a.scopes, a.resources, ${unreadAnswers('$1')} as unread, ${WITHDRAWN('$1', '$2')} as revoked
  from (select) one left join authentication.authorizations_v1 a on a.subject = $1 and a.client_id = $2`;

/** Undefined: nothing was allowed, or it was taken back. A scope that was allowed at one resource is nothing at another. What this request gives rests on it. */
export async function allowedScopes({ database, apiAudience }: Readonly<{ database: Database; apiAudience: string }>, accountId: string, clientId: string): Promise<AllowedScopes | undefined> {
  const row = (await database.query<Row>(SELECT, [accountId, clientId])).rows[0]!;
  // To ask the person again would not help: the new answer waits behind the one that was not read.
  if (row.unread) throw new errors.TemporarilyUnavailable('what this person allowed cannot be read at the moment');
  restOnAuthorization(accountId, clientId, row.revoked);
  if (!row.scopes) return undefined;
  const ours = new Set(row.scopes);
  return { scopes: ours, at: (resource) => (resource === apiAudience ? ours : new Set(row.resources?.[resource] ?? [])) };
}
