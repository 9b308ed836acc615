import type { IncomingMessage, ServerResponse } from 'node:http';
import { SignJWT, importJWK } from 'jose';
import { errors, Provider } from 'oidc-provider';
import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import { epochText } from '@symbolon/web';
import type { Ports, Worker } from '@symbolon/web';
import { RESPONSE_MODES } from '../client/client-registry.js';
import type { ClientRegistry } from '../client/client-registry.js';
import { travelsWell } from '../client/client-secrets.policy.js';
import { applicationType, mayReturnTo } from '../client/redirect-uri.policy.js';
import { SecretGuesses } from '../client/secret-guesses.js';
import { Throttle } from '../throttle/throttle.js';
import { adapters } from './adapter.js';
import { isPageScope } from './api-scopes.policy.js';
import { cookieNames, providerConfiguration } from './configuration.js';
import { introspectedJwt } from './introspected-jwt.js';
import type { OidcPages } from './oidc-pages.js';
import { pagePolicy } from './page-policy.js';
import { refusedRequestObjects } from './refused-request-objects.js';
import { resumeOnce } from './resume-once.js';
import { sealing } from './sealed-row.js';
import { JWKS_MAX_AGE, KEYS_POLLED, SigningKeys } from './signing-keys.js';
import type { SigningKey } from './signing-keys.js';
import { completeAnswers } from './single-use.js';
import { withCredentials } from './with-credentials.js';
import { forBrowser } from './visiting-browser.js';

type Made = Readonly<{ provider: Provider; handler: (request: IncomingMessage, response: ServerResponse) => void; keys: readonly SigningKey[] }>;

/** The library's provider with everything of ours in it. Its keys are fixed when it is made, so a rotation makes another one and swaps. */
export class OpenIdProvider {
  readonly keys: SigningKeys;
  /** What reads and writes visits runs in here: each belongs to a browser. */
  readonly forBrowser: ReturnType<typeof forBrowser>;
  private readonly guesses: SecretGuesses;
  #made!: Made;

  private constructor(
    private readonly ports: Ports,
    private readonly clients: ClientRegistry,
    private readonly pages: OidcPages,
  ) {
    this.keys = new SigningKeys(ports.database, ports.vault);
    this.forBrowser = forBrowser(ports.configuration);
    this.guesses = new SecretGuesses(clients, new Throttle(ports));
  }

  static async open(ports: Ports, clients: ClientRegistry, pages: OidcPages): Promise<OpenIdProvider> {
    const opened = new OpenIdProvider(ports, clients, pages);
    await opened.keys.ensure();
    await opened.refresh();
    return opened;
  }

  get library(): Provider {
    return this.#made.provider;
  }

  readonly handler = (request: IncomingMessage, response: ServerResponse): void => this.forBrowser(request, response, () => this.#made.handler(request, response));

  /** Looks at the keys and makes a new provider when they changed. */
  async refresh(): Promise<void> {
    const keys = await this.keys.all();
    if (this.#made && JSON.stringify(keys.map(({ kid, state }) => [kid, state])) === JSON.stringify(this.#made.keys.map(({ kid, state }) => [kid, state]))) return;
    const provider = this.#make(keys);
    this.#made = { provider, handler: provider.callback(), keys };
  }

  /** Rotates by command: publishes at once, signs when every cache has the key. */
  async rotate(): Promise<readonly string[]> {
    const kids = await this.keys.rotate();
    await this.refresh();
    return kids;
  }

  worker(): Worker {
    return {
      name: 'authentication.signing-keys',
      run: async (signal) => {
        while (!signal.aborted) {
          await this.keys.advance();
          await this.refresh();
          await this.ports.woken('authentication.signing_keys', KEYS_POLLED * 1_000, signal);
        }
      },
    };
  }

  /** The resource that our own APIs are (RFC 8707). */
  get apiAudience(): string {
    return this.ports.configuration.apiAudience;
  }

  /** A token of 60 s for our own APIs, as RFC 9068 wants it: for the person before our pages and what is theirs, whatever their roles. */
  async token({ accountId, epoch }: Readonly<{ accountId: string; epoch: number }>, scopes: readonly string[]): Promise<string> {
    const key = this.#made.keys.find(({ algorithm, state }) => algorithm === 'ES256' && state === 'active')!;
    const { issuer, apiAudience } = this.ports.configuration;
    return new SignJWT({ client_id: 'account', scope: scopes.filter(isPageScope).join(' '), roles: [], rests_on: { account: epochText(epoch) } })
      .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: 'at+jwt' })
      .setIssuer(issuer).setAudience(apiAudience).setSubject(accountId).setIssuedAt().setExpirationTime('60 s').setJti(crypto.randomUUID())
      .sign(await importJWK(key.jwk, 'ES256'));
  }

  #make(keys: readonly SigningKey[]): Provider {
    const { ports, clients, pages, guesses } = this;
    const sealed = sealing(ports.vault);
    const adapter = adapters({ database: ports.database, sealing: sealed }, clients);
    const provider = new Provider(ports.configuration.issuer, providerConfiguration({ ports, clients, adapter, keys: keys.map(({ jwk }) => jwk), pages }));
    // The edge wrote these headers anew: the issuer's scheme and host, and the one address that it believes.
    provider.proxy = true;
    provider.maxIpsCount = 1;
    provider.Client.prototype.compareClientSecret = function compare(this: { clientId: string }, secret: string) {
      return secretFits({ clients, guesses }, this.clientId, secret) as unknown as boolean;
    };
    provider.Client.prototype.redirectUriAllowed = function allowed(this: { redirectUris?: string[]; applicationType?: string }, uri: string) {
      return mayReturnTo(uri, this.redirectUris ?? [], applicationType(this.applicationType ?? ''));
    };
    provider.Client.prototype.postLogoutRedirectUriAllowed = function allowed(this: { postLogoutRedirectUris?: string[]; applicationType?: string }, uri: string) {
      return mayReturnTo(uri, this.postLogoutRedirectUris ?? [], applicationType(this.applicationType ?? ''));
    };
    // A request without a response type has no way to answer either, and what is missing is the type.
    const { responseModeAllowed } = provider.Client.prototype;
    provider.Client.prototype.responseModeAllowed = function allowed(this: Client, mode, type, profile) {
      return mode === undefined || responseModeAllowed.call(this, mode, type, profile);
    };
    provider.use(resumeOnce({ database: ports.database, sealing: sealed, cookie: cookieNames(ports.configuration).resume, busy: pages.busy }));
    provider.use(refusedRequestObjects);
    provider.use(unavailable);
    provider.use(completeAnswers(ports.database));
    provider.use(pagePolicy(ports.configuration));
    provider.use(nowhere(pages));
    provider.use(jwksCache);
    provider.use(announced);
    provider.use(withCredentials(clients));
    provider.use(introspectedJwt({ ports, clients, keys }));
    this.#observe(provider);
    return provider;
  }

  /** What a request said is never shown to its sender in full; the developer of the application finds it here by the request id. */
  #observe(provider: Provider): void {
    const log = (name: string) => (ctx: KoaContextWithOIDC, error: Error & { error_detail?: string; error_description?: string }) =>
      this.ports.log[ORDINARY.has(error.message) ? 'info' : 'warn']({ requestId: ctx.res.getHeader('x-request-id'), client: ctx.oidc?.client?.clientId, error: error.message, detail: error.error_detail ?? error.error_description }, name);
    for (const name of ['authorization.error', 'grant.error', 'introspection.error', 'revocation.error', 'userinfo.error', 'end_session.error', 'pushed_authorization_request.error'] as const) provider.on(name as 'grant.error', log(name));
    provider.on('server_error', (ctx, error) => {
      if (error.name === 'Unavailable') away.set(ctx, (error as { retryAfter?: number }).retryAfter ?? 2);
      this.ports.log[error.name === 'Unavailable' ? 'warn' : 'error']({ requestId: ctx.res.getHeader('x-request-id'), error: error.stack ?? error.message }, 'the provider failed');
    });
  }
}

/** Answers that applications and people bring about as a matter of course: nobody has to look for their cause. */
const ORDINARY: ReadonlySet<string> = new Set(['login_required', 'consent_required', 'interaction_required', 'access_denied', 'unsupported_token_type']);

/** Whether a secret is the client's and came in a way that the client is registered for. */
async function secretFits({ clients, guesses }: Readonly<{ clients: ClientRegistry; guesses: SecretGuesses }>, clientId: string, secret: string): Promise<boolean> {
  const ctx = Provider.ctx;
  const method = (await clients.row(clientId))?.authentication_method ?? '';
  const inBody = ctx?.oidc.params?.['client_secret'] !== undefined;
  if (!travelsWell(method, inBody)) throw new errors.InvalidClientAuth(`the client is registered for ${method}, and its secret came in the ${inBody ? 'body' : 'header'}`);
  return guesses.fits(clientId, secret, ctx?.ip ?? '');
}

/** Requests that met an engine which is away, with the seconds to wait. */
const away = new WeakMap<object, number>();

/** An engine that is away is not the caller's fault: 503, and the same request may be sent again (RFC 6749 section 4.1.2.1 names the error). */
async function unavailable(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  const seconds = away.get(ctx);
  if (seconds === undefined) return;
  ctx.status = 503;
  ctx.set('retry-after', String(seconds));
  if (!ctx.response.is('html')) ctx.body = { error: 'temporarily_unavailable', error_description: 'try again in some seconds' };
}

/** What the library has no route for; and what went wrong lies in no cache. */
const nowhere = (pages: OidcPages) => async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
  await next();
  if (ctx.status === 404 && !ctx.body) pages.nowhere(ctx);
  if (ctx.status >= 400 && !ctx.response.get('cache-control')) ctx.set('cache-control', 'no-store');
};

async function jwksCache(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  if (ctx.path.endsWith('/jwks') && ctx.status === 200) ctx.set('cache-control', `public, max-age=${JWKS_MAX_AGE}`);
}

/** The library announces the ways in which an answer may travel as it ships them; here is what clients may use. */
async function announced(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  const document = ctx.body as Record<string, unknown> | undefined;
  if (document?.['response_modes_supported']) document['response_modes_supported'] = [...RESPONSE_MODES];
}
