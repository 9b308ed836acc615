import { createHash, timingSafeEqual } from 'node:crypto';
import { textFault } from '@symbolon/event-sourcing';
import type { Database } from '@symbolon/postgres';
import { oidcScopesOf } from '../oidc/api-scopes.policy.js';
import { unread } from '../unread.js';
import { hasSecret } from './client-secrets.policy.js';
import { applicationType } from './redirect-uri.policy.js';
import { fapi2Metadata, isFapi2 } from './security-profile.policy.js';

/** A row of `clients_v1` with the digests of its valid secrets. */
export type ClientRow = Readonly<{
  client_id: string; name: string; redirect_uris: string[]; post_logout_redirect_uris: string[]; party: 'first' | 'third'; authentication_method: string; grant_types: string[];
  scopes: string[]; purposes: string[]; resources: string[]; jwks: string; jwks_uri: string; claims_in_id_token: boolean; staff: boolean; profile: string; application_type: string; pkce: string; serves: string[]; token_format: string; id_token_algorithm: string;
  disabled: boolean; revoked: string; digests: Buffer[];
}>;

/** How long another process may still see an application as it was; changes through this process are seen at once. Milliseconds. */
const CACHED = 2_000;

/** The newest secret is valid without end, the one before it for a day after it was replaced. */
const SELECT = `
  select c.client_id, c.name, c.redirect_uris, c.post_logout_redirect_uris, c.party, c.authentication_method, c.grant_types, c.scopes, c.purposes, c.resources, c.jwks, c.jwks_uri,
    c.claims_in_id_token, c.staff, c.profile, c.application_type, c.pkce, c.serves, c.token_format, c.id_token_algorithm, c.disabled or ${unread("'client-' || c.client_id", 'authentication.clients.v1', 'authentication.secrets.v1')} as disabled, c.revoked, coalesce((select array_agg(k.digest) from (
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
  /** By resources that applications are registered for: there are not many. */
  readonly #formats = new Map<string, { format: 'jwt' | 'opaque'; until: number }>();
  #origins: Readonly<{ all: ReadonlySet<string>; until: number }> | undefined;
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

  /** How tokens for this resource look: as whoever serves it wants them; JWTs where nobody says so. */
  async tokenFormat(resource: string): Promise<'jwt' | 'opaque'> {
    const known = this.#formats.get(resource);
    if (known && known.until > Date.now()) return known.format;
    const { rowCount } = await this.database.query(`select from authentication.clients_v1 where serves @> array[$1] and token_format = 'opaque' and not disabled`, [resource]);
    const format = rowCount > 0 ? 'opaque' : 'jwt';
    this.#formats.set(resource, { format, until: Date.now() + CACHED });
    return format;
  }

  /** Where applications that run in a browser live: the origins of their redirect addresses. */
  async browserOrigins(): Promise<ReadonlySet<string>> {
    if (this.#origins && this.#origins.until > Date.now()) return this.#origins.all;
    const { rows } = await this.database.query<{ redirect_uris: string[] }>(`select redirect_uris from authentication.clients_v1 where authentication_method = 'none' and application_type <> 'native' and not disabled`);
    const all = new Set(rows.flatMap((row) => row.redirect_uris.map((uri) => new URL(uri).origin)));
    this.#origins = { all, until: Date.now() + CACHED };
    return all;
  }

  /** Forgets what was cached: the next request sees the table. */
  changed(clientId: string): void {
    this.#cache.delete(clientId);
    this.#formats.clear();
    this.#origins = undefined;
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

/** How an answer may travel to an application with a server: never in the fragment, where scripts and the next page's address find it. */
const SERVER_MODES = ['form_post', 'query'] as const;
/** Every way in which an answer may travel. What runs in a browser reads the fragment itself, and keeps the code from servers' logs so; PKCE ties the code to it. */
export const RESPONSE_MODES = [...SERVER_MODES, 'fragment'] as const;

/** Keeps no secret and lives at its own address: it runs in the browser. */
const inBrowser = (row: Pick<ClientRow, 'authentication_method' | 'application_type'>): boolean => row.authentication_method === 'none' && applicationType(row.application_type) === 'web';

/** A row in the words of the library. */
function described(row: ClientRow): Record<string, unknown> {
  const code = row.grant_types.includes('authorization_code');
  return {
    client_id: row.client_id,
    client_name: row.name,
    redirect_uris: row.redirect_uris,
    post_logout_redirect_uris: row.post_logout_redirect_uris,
    response_types: code ? ['code'] : [],
    ...(code ? { response_modes: [...(inBrowser(row) ? RESPONSE_MODES : SERVER_MODES)] } : {}),
    grant_types: row.grant_types,
    // One name for all of them: whether a secret may come as it came is `travelsWell`.
    token_endpoint_auth_method: hasSecret(row.authentication_method) ? 'client_secret_basic' : row.authentication_method,
    application_type: applicationType(row.application_type),
    id_token_signed_response_alg: row.id_token_algorithm || 'RS256',
    scope: oidcScopesOf(row).join(' '),
    // The library wants a text here; secrets are compared by `secretFits`.
    ...(hasSecret(row.authentication_method) ? { client_secret: 'kept-as-a-digest' } : {}),
    // Older registrations may hold both; the library takes one.
    ...(row.jwks === '' || row.jwks_uri !== '' ? {} : { jwks: JSON.parse(row.jwks) as unknown }),
    ...(row.jwks_uri === '' ? {} : { jwks_uri: row.jwks_uri }),
    ...(isFapi2(row) ? fapi2Metadata : {}),
    symbolon_party: row.party,
    symbolon_purposes: row.purposes,
    symbolon_resources: row.resources,
    symbolon_scopes: row.scopes,
    symbolon_staff: row.staff,
    symbolon_claims_in_id_token: row.claims_in_id_token,
    symbolon_pkce: row.pkce,
    symbolon_serves: row.serves,
    symbolon_profile: row.profile,
  };
}
