import { SetMetadata } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { VerifyAccessToken } from './access-token.js';
import { edgeOf } from './edge-request.js';
import { Problem } from './problem.js';
import type { TokenBearer } from './revocations.js';

/** Metadata key of the scopes of a route. */
export const SCOPES = 'symbolon:scopes';

/** Opens a route to tokens that hold one of these scopes. A route under `/api` without it answers nobody. */
export const Scope = (...scopes: readonly string[]): MethodDecorator => SetMetadata(SCOPES, scopes) as MethodDecorator;

const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Whether something that a token rests on was taken back, as far as the service that is called knows. Throws `Unavailable`. */
export type IsRevoked = (service: string, bearer: TokenBearer) => Promise<boolean>;

const revoked = () => new Problem({ type: 'web/invalid_token', title: 'The access token is not valid here', status: 401, detail: 'It was revoked, or what it rests on was. Get a new one at the token endpoint.' });

/** Guards every API route; pages have guards of their own. */
export class TokenGuard implements CanActivate {
  constructor(
    private readonly verify: VerifyAccessToken,
    private readonly isRevoked: IsRevoked,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const scopes = Reflect.getMetadata(SCOPES, context.getHandler()) as readonly string[] | undefined;
    if (!scopes) {
      if (request.routeOptions.url?.startsWith('/api/')) throw new Problem({ type: 'web/closed', title: 'This address is not open', status: 403 });
      return true;
    }
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (!token) throw new Problem({ type: 'web/unauthenticated', title: 'An access token is needed', status: 401, detail: 'Send Authorization: Bearer with a token for this API.' });
    const caller = await this.verify(token);
    if (!scopes.some((scope) => caller.scopes.has(scope)))
      throw new Problem({ type: 'web/insufficient_scope', title: 'The access token does not allow this', status: 403, detail: `It needs the scope ${scopes.join(' or ')}.` });
    if (await this.isRevoked(request.routeOptions.url?.split('/')[2] ?? '', caller)) throw revoked();
    edgeOf(request).caller = caller;
    return true;
  }
}
