import { SetMetadata } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { VerifyAccessToken } from './access-token.js';
import { checkedProof } from './dpop-proof.js';
import type { Proof } from './dpop-proof.js';
import { edgeOf } from './edge-request.js';
import { INVALID_PROOF, Problem } from './problem.js';
import type { TokenBearer } from './revocations.js';

/** Metadata key of the scopes of a route. */
export const SCOPES = 'symbolon:scopes';

/** Opens a route to tokens that hold one of these scopes. A route under `/api` without it answers nobody. */
export const Scope = (...scopes: readonly string[]): MethodDecorator => SetMetadata(SCOPES, scopes) as MethodDecorator;

const TOKEN = /^(Bearer|DPoP) ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Whether something that a token rests on was taken back, as far as the service that is called knows. Throws `Unavailable`. */
export type IsRevoked = (service: string, bearer: TokenBearer) => Promise<boolean>;

/** Whether a proof of possession is used for the first time at the service that is called. Throws `Unavailable`. */
export type IsFirstUse = (service: string, proof: Proof) => Promise<boolean>;

/** What a guard asks of others. `origin`: where this installation is found, for the addresses that proofs name. */
export type Guarding = Readonly<{ verify: VerifyAccessToken; isRevoked: IsRevoked; isFirstUse: IsFirstUse; origin: string }>;

const unproven = (detail: string) => new Problem({ type: INVALID_PROOF, title: 'The access token is bound to a key, and that key was not proven', status: 401, detail });
const revoked = () => new Problem({ type: 'web/invalid_token', title: 'The access token is not valid here', status: 401, detail: 'It was revoked, or what it rests on was. Get a new one at the token endpoint.' });

/** Guards every API route; pages have guards of their own. */
export class TokenGuard implements CanActivate {
  constructor(private readonly asks: Guarding) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const scopes = Reflect.getMetadata(SCOPES, context.getHandler()) as readonly string[] | undefined;
    if (!scopes) {
      if (request.routeOptions.url?.startsWith('/api/')) throw new Problem({ type: 'web/closed', title: 'This address is not open', status: 403 });
      return true;
    }
    const [, scheme = '', token] = TOKEN.exec(request.headers.authorization ?? '') ?? [];
    if (!token) throw new Problem({ type: 'web/unauthenticated', title: 'An access token is needed', status: 401, detail: 'Send Authorization: Bearer with a token for this API.' });
    const caller = await this.asks.verify(token);
    if (!scopes.some((scope) => caller.scopes.has(scope)))
      throw new Problem({ type: 'web/insufficient_scope', title: 'The access token does not allow this', status: 403, detail: `It needs the scope ${scopes.join(' or ')}.` });
    const service = request.routeOptions.url?.split('/')[2] ?? '';
    const proof = await this.#proof(request, { scheme: scheme.toLowerCase(), token, boundTo: caller.boundTo });
    if (await this.asks.isRevoked(service, caller)) throw revoked();
    if (proof && !(await this.asks.isFirstUse(service, proof))) throw unproven('This proof was used already: sign a new one for each request.');
    edgeOf(request).caller = caller;
    return true;
  }

  /** The proof that comes with a token that is bound to a key; whoever holds such a token alone is nobody (RFC 9449 section 7.1). */
  async #proof(request: FastifyRequest, { scheme, token, boundTo }: Readonly<{ scheme: string; token: string; boundTo: string | undefined }>): Promise<Proof | undefined> {
    if (boundTo === undefined) {
      if (scheme === 'dpop') throw new Problem({ type: 'web/invalid_token', title: 'The access token is not valid here', status: 401, detail: 'It is not bound to a key: send it as Authorization: Bearer.' });
      return undefined;
    }
    const given = request.headers['dpop'];
    if (scheme !== 'dpop' || typeof given !== 'string') throw unproven('Send it as Authorization: DPoP, with a proof for this request in the header DPoP (RFC 9449).');
    const proof = await checkedProof(given, { token, thumbprint: boundTo, method: request.method, address: `${this.asks.origin}${request.url.split('?')[0]}` });
    if (typeof proof === 'string') throw unproven(`The proof does not fit. ${proof}`);
    return proof;
  }
}
