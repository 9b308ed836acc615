import { hkdfSync } from 'node:crypto';
import { errors, interactionPolicy } from 'oidc-provider';
import type { AdapterConstructor, Client, Configuration as ProviderConfiguration, JWK, KoaContextWithOIDC } from 'oidc-provider';
import { DPOP_ALGORITHMS } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import type { ClientRegistry } from '../client/client-registry.js';
import { assertionFault, isFapi2 } from '../client/security-profile.policy.js';
import { unreadAnswers } from '../unread.js';
import { oidcScopes, rolesFor, scopesElsewhere, scopesOfMachine, scopesOfPerson } from './api-scopes.policy.js';
import type { Registered } from './api-scopes.policy.js';
import { applicationFetch } from './application-fetch.js';
import { ASKED_PAGE } from './asked-page.js';
import { accountOf, findAccountRow, releasedClaims } from './claims.js';
import type { AccountView } from './claims.js';
import { loadGrant } from './grants.js';
import { idTokenAlgorithms } from './id-token-algorithms.js';
import { mayIntrospect } from './introspection.policy.js';
import { hasOpenPurposes } from './open-purposes.js';
import { accessLifetime, API_TOKEN, fixedLifetimes, refreshLifetime, sessionLifetime } from './lifetimes.policy.js';
import type { OidcPages } from './oidc-pages.js';
import { restsOnClaim } from './rests-on-claim.js';

/** Lifetimes in seconds, as the library asks for them. */
const lifetimes = {
  ...fixedLifetimes,
  // A number here would count for more than what a resource server is registered with.
  AccessToken: (_ctx: unknown, token: { resourceServer?: object }) => accessLifetime(token.resourceServer !== undefined),
  RefreshToken: (_ctx: unknown, token: { iiat?: number }) => refreshLifetime(token.iiat ?? now(), now()),
  Session: (_ctx: unknown, session: { loginTs?: number }) => sessionLifetime(session.loginTs ?? now(), now()),
};

const now = (): number => Math.floor(Date.now() / 1_000);

type Account = Readonly<{ accountId: string; view: AccountView; claims: (use: string, scope: string) => Promise<{ sub: string }> }>;

/** What the provider is made of. */
export type Parts = Readonly<{ ports: Ports; clients: ClientRegistry; adapter: AdapterConstructor; keys: readonly JWK[]; pages: OidcPages }>;

type OurMetadata = Readonly<{ symbolon_party: 'first' | 'third'; symbolon_purposes: string[]; symbolon_scopes: string[]; symbolon_resources: string[]; symbolon_staff: boolean; symbolon_profile: string; symbolon_pkce: string; symbolon_serves: string[] }>;
const metadataOf = (client: Client) => client as unknown as OurMetadata;
const registeredOf = (client: Client): Registered => {
  const { symbolon_party: party, symbolon_scopes: scopes, symbolon_resources: resources, symbolon_staff: staff } = metadataOf(client);
  return { party, scopes, resources, staff };
};

const followsFapi2 = (client: Client): boolean => isFapi2({ profile: metadataOf(client).symbolon_profile });

/** The secret behind the nonces of proofs (RFC 9449 section 8): the same in every process of this installation. */
const dpopNonceSecret = (serviceKey: Uint8Array): Buffer => Buffer.from(hkdfSync('sha256', serviceKey, '', 'symbolon dpop nonce', 32));

/** Tokens of a third party die with what the person allowed it, whoever took it back and however (OIDC.md section 5, point 4). */
async function stillAllowed(database: Ports['database'], subject: string, client: Client): Promise<boolean> {
  if (metadataOf(client).symbolon_party === 'first') return true;
  const { rowCount } = await database.query(`select 1 from authentication.authorizations_v1 where subject = $1 and client_id = $2 and not ${unreadAnswers('$1')}`, [subject, client.clientId]);
  return rowCount > 0;
}

/** Disabled accounts are answered like expired ones: refresh `invalid_grant`, userinfo 401, `/auth` a login prompt. */
const findAccount = ({ ports, clients }: Parts) => async (ctx: KoaContextWithOIDC, sub: string, token?: object): Promise<Account | undefined> => {
  const view = await accountOf(ports.database, ctx, sub);
  if (!view || view.disabled) return undefined;
  if (token && ctx.oidc.client && !(await stillAllowed(ports.database, sub, ctx.oidc.client))) return undefined;
  return {
    accountId: sub,
    view,
    claims: async (use, scope) => ({ sub, ...(await releasedClaims(ports, clients, { account: view, clientId: ctx.oidc.client?.clientId ?? '', scopes: new Set(scope.split(' ')), use })) }),
  };
};

/** The audience of a resource with the scopes that this caller can get there (api-scopes.policy.ts): for a person the registered ones ∩ role, for a machine the registered ones. */
const resourceServer = ({ ports: { configuration, database }, clients }: Parts) => async (ctx: KoaContextWithOIDC, resource: string, client: Client) => {
  const registered = registeredOf(client);
  const own = resource === configuration.apiAudience;
  if (!own && !registered.resources.includes(resource)) throw new errors.InvalidTarget('the client is not registered for this resource');
  const accountId = ctx.oidc.account?.accountId ?? ctx.oidc.session?.accountId;
  const roles = accountId === undefined ? [] : ((await accountOf(database, ctx, accountId))?.roles ?? []);
  const scopes = !own ? scopesElsewhere(registered) : accountId === undefined ? scopesOfMachine(registered) : scopesOfPerson(registered, roles);
  // Machines get JWTs: nothing of theirs is kept in a row.
  const opaque = !own && ctx.oidc.params?.['grant_type'] !== 'client_credentials' && (await clients.tokenFormat(resource)) === 'opaque';
  if (opaque) return { scope: scopes.join(' '), audience: resource, accessTokenTTL: API_TOKEN, accessTokenFormat: 'opaque' as const };
  return { scope: scopes.join(' '), audience: resource, accessTokenTTL: API_TOKEN, accessTokenFormat: 'jwt' as const, jwt: { sign: { alg: 'ES256' as const } } };
};

/** RFC 6749 sections 3.3 and 4.1.2.1: a request that asks for no scope that it could get fails by that name, before anybody is asked for a password. */
function refuseWithoutScope({ oidc }: KoaContextWithOIDC): boolean {
  const scopes = [...oidc.requestParamScopes];
  const some = oidc.requestParamOIDCScopes.size > 0 || Object.values(oidc.resourceServers ?? {}).some((server) => scopes.some((scope) => server.scopes.has(scope)));
  if (!some) throw new errors.InvalidScope('the request names no scope that this client can get', scopes.join(' '));
  return false;
}

/** A purpose that the client declared is asked for once, whoever runs the client. What may show no page is answered without it. */
const purposesOpen = ({ ports: { database, configuration } }: Parts) => async ({ oidc }: KoaContextWithOIDC): Promise<boolean> => {
  const { client, session, result, prompts } = oidc;
  if (!client || session?.accountId === undefined || prompts.has('none') || result?.['purposes'] !== undefined) return false;
  const ours = oidc.resourceServers?.[configuration.apiAudience];
  const scopes = [...oidc.requestParamOIDCScopes, ...[...oidc.requestParamScopes].filter((scope) => ours?.scopes.has(scope))];
  return hasOpenPurposes(database, { accountId: session.accountId, declared: metadataOf(client).symbolon_purposes, scopes });
};

/** RFC 8252 section 8.6: any program can listen on loopback or take a scheme, so the person says yes each time; an https address is its owner's alone. */
const unprovenNative = ({ oidc: { client, params, result } }: KoaContextWithOIDC): boolean =>
  client?.applicationType === 'native' && !String(params?.['redirect_uri']).startsWith('https:') && result?.['consent'] === undefined;

/** `prompt=select_account` is a question where somebody is signed in; where nobody is, the sign-in page asks it. */
function selectAccount() {
  const { Check, Prompt } = interactionPolicy;
  const prompt = new Prompt({ name: 'select_account', requestable: true });
  prompt.checks.remove('select_account_prompt');
  prompt.checks.add(new Check('select_account_prompt', 'it was not chosen which account it shall be', 'account_selection_required', ({ oidc }: KoaContextWithOIDC) => Boolean(oidc.account) && oidc.prompts.has('select_account') && oidc.promptPending('select_account')));
  return prompt;
}

/** A session whose account is gone or blocked asks for a login instead of failing (OIDC.md F5). */
function policy(parts: Parts) {
  const { base, Check, Prompt } = interactionPolicy;
  const prompts = base();
  // Initiating User Registration via OpenID Connect 1.0: the application asks for the registration page.
  prompts.add(new Prompt({ name: 'create', requestable: true }), 0);
  prompts.add(selectAccount(), 1);
  prompts.get('login')!.checks.add(new Check('account_unavailable', 'the account is not available', 'login_required', (ctx: KoaContextWithOIDC) => Boolean(ctx.oidc.session?.accountId && !ctx.oidc.account)), 0);
  prompts.add(new Prompt({ name: 'scope' }, new Check('scope_missing', 'the request names no scope', 'invalid_scope', refuseWithoutScope)), 0);
  prompts.add(new Prompt({ name: 'purposes' }, new Check('purposes_open', 'a purpose was not asked for yet', 'interaction_required', purposesOpen(parts))));
  const { checks } = prompts.get('consent')!;
  checks.remove('native_client_prompt');
  checks.add(new Check('native_client_prompt', 'nothing proves who the native application is', 'interaction_required', unprovenNative), 0);
  return prompts;
}

/** Introspection tells a client of its own tokens and of those made for a resource that it serves, and only while their account and their application live (RFC 7662 section 2.2). */
const introspectionAllowed = ({ ports: { database }, clients }: Parts) => async (_ctx: unknown, client: Client, token: { clientId?: string; accountId?: string; aud?: string | string[] }) => {
  if (!mayIntrospect({ client: client.clientId, serves: metadataOf(client).symbolon_serves, token })) return false;
  if (token.clientId !== undefined && (await clients.row(token.clientId))?.disabled !== false) return false;
  const account = token.accountId === undefined ? undefined : await findAccountRow(database, token.accountId);
  return token.accountId === undefined || (account !== undefined && !account.disabled);
};

/** A client revokes its own tokens, and is told where it tries another's (RFC 7009 section 2.1); one that proves nothing is told nothing. */
function revocationAllowed(_ctx: unknown, client: Client, token: { clientId?: string }): boolean {
  if (token.clientId === client.clientId) return true;
  if (client.clientAuthMethod !== 'none') throw new errors.InvalidRequest('this token was given to another client');
  return false;
}

/** The roles of a person, in tokens for APIs of applications that staff marked; an opaque token says nothing. */
async function rolesClaim({ database }: Ports, ctx: KoaContextWithOIDC, { accountId, resourceServer }: { accountId?: string; resourceServer?: unknown }): Promise<Record<string, unknown> | undefined> {
  if (accountId === undefined || resourceServer === undefined || !ctx.oidc.client) return undefined;
  return { roles: rolesFor(registeredOf(ctx.oidc.client), (await accountOf(database, ctx, accountId))?.roles ?? []) };
}

/**
 * PKCE of everybody, but for a confidential client that staff registered without it: its nonce ties the ID token to its request then, or there is no ID
 * token (RFC 9700 section 2.1.1).
 */
function pkceRequired({ oidc }: KoaContextWithOIDC, client: Client): boolean {
  if (client.clientAuthMethod === 'none' || metadataOf(client).symbolon_pkce !== 'optional') return true;
  const idToken = oidc.requestParamScopes.has('openid');
  if (idToken && !oidc.params?.['nonce']) throw new errors.InvalidRequest('send a nonce, or a code_challenge (PKCE)');
  return false;
}

/** How far ahead the end of a client's assertion may lie: a stolen one opens nothing for long, and its id has to be remembered no longer. */
const ASSERTION_SECONDS = 300;

/** What is asked of an assertion beyond what the library asks. */
const assertion =
  ({ ports: { configuration } }: Parts) =>
  async (_ctx: unknown, { exp, aud }: Record<string, unknown>, { alg }: Record<string, unknown>, client: Client): Promise<void> => {
    if (Number(exp) > now() + ASSERTION_SECONDS + 10) throw new errors.InvalidClientAuth(`the assertion is good for more than ${ASSERTION_SECONDS} seconds`);
    const fault = followsFapi2(client) ? assertionFault({ alg, aud }, configuration.issuer) : undefined;
    if (fault) throw new errors.InvalidClientAuth(fault);
  };

/** With https, names that browsers hold to what they say. */
export function cookieNames({ issuer }: Pick<Ports['configuration'], 'issuer'>): Readonly<Record<'session' | 'interaction' | 'resume', string>> {
  const name = (prefix: string, rest: string) => (issuer.startsWith('https:') ? `${prefix}symbolon_${rest}` : `symbolon_${rest}`);
  return { session: name('__Host-', 'session'), interaction: name('__Secure-', 'interaction'), resume: name('__Secure-', 'resume') };
}

function cookies({ ports: { configuration } }: Parts): NonNullable<ProviderConfiguration['cookies']> {
  const secure = configuration.issuer.startsWith('https:');
  const shared = { httpOnly: true, sameSite: 'lax' as const, secure };
  return { keys: [...configuration.keys.cookie], long: { ...shared, path: '/' }, short: shared, names: cookieNames(configuration) };
}

const features = (parts: Parts): NonNullable<ProviderConfiguration['features']> => ({
  devInteractions: { enabled: false },
  dPoP: { enabled: true, nonceSecret: dpopNonceSecret(parts.ports.configuration.keys.service) },
  fapi: { enabled: true, profile: (_ctx, client) => (client && followsFapi2(client) ? '2.0' : undefined) },
  clientCredentials: { enabled: true },
  introspection: { enabled: true, allowedPolicy: introspectionAllowed(parts) as never },
  revocation: { enabled: true, allowedPolicy: revocationAllowed as never },
  pushedAuthorizationRequests: { enabled: true },
  rpInitiatedLogout: { enabled: true, logoutSource: parts.pages.signOut, postLogoutSuccessSource: parts.pages.signedOut },
  userinfo: { enabled: true },
  resourceIndicators: {
    enabled: true,
    // Without a resource a machine would get an opaque token that says nothing.
    defaultResource: (ctx, _client, oneOf) => (oneOf ? oneOf[0]! : ctx.oidc.params?.['grant_type'] === 'client_credentials' ? parts.ports.configuration.apiAudience : (undefined as never)),
    getResourceServerInfo: resourceServer(parts) as never,
    useGrantedResource: () => false,
  },
});

/** How clients prove who they are, at every endpoint that asks them. */
const AUTHENTICATION = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;

/** Where prompts are answered that are not a sign-in. */
const PAGES: Readonly<Record<string, string>> = { select_account: '/select', consent: '/allow', purposes: '/purposes' };

/** Every decision of DESIGN section 8 that is the library's to carry out. */
export function providerConfiguration(parts: Parts): ProviderConfiguration {
  const { ports, clients, adapter, keys, pages } = parts;
  return {
    adapter,
    jwks: { keys: [...keys] },
    cookies: cookies(parts),
    findAccount: findAccount(parts) as never,
    loadExistingGrant: loadGrant(parts) as never,
    features: features(parts),
    interactions: { policy: policy(parts), url: (_ctx, { uid, prompt }) => `/i/${uid}${PAGES[prompt.name] ?? ''}` },
    pkce: { required: pkceRequired },
    responseTypes: ['code'],
    assertJwtClientAuthClaimsAndHeader: assertion(parts),
    clientAuthMethods: [...AUTHENTICATION],
    // Where these are left out, the header alone is meant (RFC 8414 section 2).
    discovery: { introspection_endpoint_auth_methods_supported: [...AUTHENTICATION], revocation_endpoint_auth_methods_supported: [...AUTHENTICATION] },
    subjectTypes: ['public'],
    extraParams: [ASKED_PAGE],
    scopes: [...oidcScopes],
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'], profile: ['given_name', 'family_name', 'name', 'locale', 'preferred_username'], email: ['email', 'email_verified'] },
    acrValues: ['aal1'],
    conformIdTokenClaims: false,
    // FAPI 2.0 section 5.3.2.1 wants none: such a token is bound to the keys of its application, and a lost answer must not cost the person their session.
    rotateRefreshToken: ({ oidc }) => !(oidc.client && followsFapi2(oidc.client)),
    issueRefreshToken: async (_ctx, client, code) => client.grantTypeAllowed('refresh_token') && code.scopes.has('openid'),
    clientBasedCORS: (_ctx, origin, client) => (client.redirectUris ?? []).some((uri) => /^https?:/.test(uri) && new URL(uri).origin === origin),
    extraClientMetadata: { properties: ['symbolon_party', 'symbolon_purposes', 'symbolon_resources', 'symbolon_scopes', 'symbolon_staff', 'symbolon_claims_in_id_token', 'symbolon_profile', 'symbolon_pkce', 'symbolon_serves'] },
    extraTokenClaims: async (ctx, token) => ({ ...(await rolesClaim(ports, ctx, token as { accountId?: string; resourceServer?: unknown })), ...(await restsOnClaim(clients, token)) }),
    allowOmittingSingleRegisteredRedirectUri: false,
    enabledJWA: { dPoPSigningAlgValues: [...DPOP_ALGORITHMS], idTokenSigningAlgValues: [...idTokenAlgorithms], clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] },
    clockTolerance: 10,
    ttl: lifetimes as never,
    renderError: pages.error,
    fetch: applicationFetch({ networks: ports.configuration.applicationNetworks }) as never,
  };
}
