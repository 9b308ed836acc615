import { createHash, timingSafeEqual } from 'node:crypto';
import { textFault } from '@symbolon/event-sourcing';
import type { Database } from '@symbolon/postgres';
import { oidcScopesOf } from '../oidc/api-scopes.policy.js';
import { unread } from '../unread.js';
import { fapi2Metadata, isFapi2 } from './security-profile.policy.js';

/** A row of `clients_v1` with the digests of its valid secrets. */
export type ClientRow = Readonly<{
  client_id: string; name: string; redirect_uris: string[]; post_logout_redirect_uris: string[]; party: 'first' | 'third'; authentication_method: string; grant_types: string[];
  scopes: string[]; purposes: string[]; resources: string[]; jwks: string; jwks_uri: string; claims_in_id_token: boolean; staff: boolean; profile: string; disabled: boolean; revoked: string; digests: Buffer[];
}>;

/** How long another process may still see an application as it was; changes through this process are seen at once. Milliseconds. */
const CACHED = 2_000;

/** The newest secret is valid without end, the one before it for a day after it was replaced. */
const SELECT = `
  select c.client_id, c.name, c.redirect_uris, c.post_logout_redirect_uris, c.party, c.authentication_method, c.grant_types, c.scopes, c.purposes, c.resources, c.jwks, c.jwks_uri,
    c.claims_in_id_token, c.staff, c.profile, c.disabled or ${unread("'client-' || c.client_id", 'authentication.clients.v1', 'authentication.secrets.v1')} as disabled, c.revoked, coalesce((select array_agg(k.digest) from (
      select s.secret_id, lag(s.since) over (order by s.since desc, s.secret_id) as replaced_at, row_number() over (order by s.since desc, s.secret_id) as age
      from authentication.secrets_v1 s where s.client_id = c.client_id) v
    join authentication.client_secrets k on k.id = v.secret_id
    where v.age = 1 or (v.age = 2 and v.replaced_at > now() - interval '24 h')), '{}') as digests
  from authentication.clients_v1 c`;

/** What is kept of a secret. It has 256 bits, so a plain hash cannot be guessed back. */
export const digestOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Applications as the provider asks for them, with a short cache. */
export class ClientRegistry {
  readonly #cache = new Map<string, { row: ClientRow; until: number }>();
  readonly #metadata = new WeakMap<ClientRow, Record<string, unknown>>();

  constructor(private readonly database: Database) {}

  async row(clientId: string): Promise<ClientRow | undefined> {
    const cached = this.#cache.get(clientId);
    if (cached && cached.until > Date.now()) return cached.row;
    if (textFault(clientId) !== undefined) return undefined; // ids come inside signed texts too, where no edge looks
    const { rows } = await this.database.query<ClientRow>(`${SELECT} where c.client_id = $1`, [clientId]);
    // Unknown ids are not kept: anybody can ask for as many as they like.
    if (rows[0]) this.#cache.set(clientId, { row: rows[0], until: Date.now() + CACHED });
    return rows[0];
  }

  async all(): Promise<readonly ClientRow[]> {
    return (await this.database.query<ClientRow>(`${SELECT} order by c.created_at, c.client_id`)).rows;
  }

  /** Forgets what was cached: the next request sees the table. */
  changed(clientId: string): void {
    this.#cache.delete(clientId);
  }

  /** Writes a secret inert: it is valid once an event names it. */
  async keepSecret(clientId: string, digest: Buffer, id: string): Promise<void> {
    await this.database.query('insert into authentication.client_secrets (id, client_id, digest) values ($1, $2, $3) on conflict (id) do nothing', [id, clientId, digest]);
  }

  /** Compares in constant time with every secret that is valid. */
  async secretFits(clientId: string, secret: string): Promise<boolean> {
    const given = digestOf(secret);
    const row = await this.row(clientId);
    return (row?.digests ?? []).map((digest) => timingSafeEqual(digest, given)).includes(true);
  }

  /** What the provider library wants to know (OIDC Dynamic Client Registration section 2); undefined: there is no such application any more. */
  async metadata(clientId: string): Promise<Record<string, unknown> | undefined> {
    const row = await this.row(clientId);
    if (!row || row.disabled) return undefined;
    const known = this.#metadata.get(row) ?? described(row);
    this.#metadata.set(row, known);
    return known;
  }
}

/** How an answer may travel: never in the fragment, where scripts and the next page's address find it. */
export const RESPONSE_MODES = ['form_post', 'query'] as const;

/** A row in the words of the library. */
function described(row: ClientRow): Record<string, unknown> {
  const code = row.grant_types.includes('authorization_code');
  return {
    client_id: row.client_id,
    client_name: row.name,
    redirect_uris: row.redirect_uris,
    post_logout_redirect_uris: row.post_logout_redirect_uris,
    response_types: code ? ['code'] : [],
    ...(code ? { response_modes: [...RESPONSE_MODES] } : {}),
    grant_types: row.grant_types,
    token_endpoint_auth_method: row.authentication_method,
    application_type: 'web',
    scope: oidcScopesOf(row).join(' '),
    // The library wants a text here; secrets are compared by `secretFits`.
    ...(row.authentication_method === 'client_secret_basic' ? { client_secret: 'kept-as-a-digest' } : {}),
    ...(row.jwks === '' ? {} : { jwks: JSON.parse(row.jwks) as unknown }),
    ...(row.jwks_uri === '' ? {} : { jwks_uri: row.jwks_uri }),
    ...(isFapi2(row) ? fapi2Metadata : {}),
    symbolon_party: row.party,
    symbolon_purposes: row.purposes,
    symbolon_resources: row.resources,
    symbolon_scopes: row.scopes,
    symbolon_staff: row.staff,
    symbolon_claims_in_id_token: row.claims_in_id_token,
    symbolon_profile: row.profile,
  };
}
