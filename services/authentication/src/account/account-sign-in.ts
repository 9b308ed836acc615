import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { Unavailable } from '@symbolon/event-sourcing';
import { restOfDeadline } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import { browserCookie } from '../device/browser-cookie.js';
import type { BrowserCookie } from '../device/browser-cookie.js';
import { ASKED_PAGE } from '../oidc/asked-page.js';
import { ACCOUNT_CLIENT } from '../client/built-in-clients.js';
import { PORTS } from '../tokens.js';

/** Where the account pages may lead back to after a sign-in. */
export type ReturnTo = '/account' | '/account/password';

type Pending = Readonly<{ state: string; verifier: string; returnTo: ReturnTo; until: number }>;

const MINUTES = 30;
const CONTEXT = 'account sign-in';
const secret = () => randomBytes(32).toString('base64url');

/** The account pages sign in as any application does: authorization code with PKCE. What is pending lies sealed in a cookie of the browser. */
@Injectable()
export class AccountSignIn {
  readonly #cookie: BrowserCookie;

  constructor(@Inject(PORTS) private readonly ports: Ports) {
    this.#cookie = browserCookie(ports.configuration, 'account');
  }

  get #callback(): string {
    return `${this.ports.configuration.origin}/account/callback`;
  }

  /** Where to send the browser. `maxAge`: the password has to be younger than so many seconds. `recover`: begins at the forgotten password. */
  begin(response: ServerResponse, returnTo: ReturnTo, { maxAge, recover = false }: Readonly<{ maxAge?: number | undefined; recover?: boolean }> = {}): string {
    const pending: Pending = { state: secret(), verifier: secret(), returnTo, until: Date.now() + MINUTES * 60_000 };
    const sealed = this.ports.vault.sealForService(Buffer.from(JSON.stringify(pending)), CONTEXT);
    this.#cookie.write(response, Buffer.from(sealed).toString('base64url'), MINUTES * 60);
    const url = new URL(`${this.ports.configuration.issuer}/auth`);
    url.search = String(
      new URLSearchParams({
        client_id: ACCOUNT_CLIENT,
        response_type: 'code',
        scope: 'openid',
        redirect_uri: this.#callback,
        state: pending.state,
        code_challenge_method: 'S256',
        code_challenge: createHash('sha256').update(pending.verifier).digest('base64url'),
        ...(maxAge === undefined ? {} : { max_age: String(maxAge) }),
        ...(recover ? { prompt: 'login', [ASKED_PAGE]: 'recover' } : {}),
      }),
    );
    return url.href;
  }

  /** Where to go on, when this browser began the sign-in and its code is good. Undefined: begin again. */
  async finish(request: IncomingMessage, response: ServerResponse, query: Readonly<Record<string, unknown>>): Promise<ReturnTo | undefined> {
    const pending = this.#pending(request);
    this.#cookie.clear(response);
    const { code, state, iss } = query;
    if (!pending || typeof code !== 'string' || typeof state !== 'string' || iss !== this.ports.configuration.issuer) return undefined;
    if (!same(state, pending.state)) return undefined;
    return (await this.#redeem(code, pending.verifier)) ? pending.returnTo : undefined;
  }

  /** The tokens are not kept: the provider's session is the only session. */
  async #redeem(code: string, verifier: string): Promise<boolean> {
    const { internalOrigin } = this.ports.configuration;
    const body = new URLSearchParams({ grant_type: 'authorization_code', client_id: ACCOUNT_CLIENT, code, code_verifier: verifier, redirect_uri: this.#callback });
    const answer = await fetch(`${internalOrigin}/oidc/token`, { method: 'POST', body, ...restOfDeadline(5_000) }).catch((error: unknown) => {
      throw new Unavailable('token endpoint', { cause: error });
    });
    await answer.arrayBuffer();
    if (answer.status >= 500) throw new Unavailable('token endpoint');
    return answer.ok;
  }

  #pending(request: IncomingMessage): Pending | undefined {
    const value = this.#cookie.read(request);
    if (value === undefined) return undefined;
    try {
      const opened = this.ports.vault.openForService(Buffer.from(value, 'base64url'), CONTEXT);
      const pending = JSON.parse(Buffer.from(opened).toString()) as Pending;
      return pending.until > Date.now() ? pending : undefined;
    } catch {
      return undefined; // edited, or sealed by a key that is gone: begin again
    }
  }
}

const same = (a: string, b: string): boolean => {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(left!, right!);
};
