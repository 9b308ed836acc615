import { SetMetadata } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { VerifyAccessToken } from './access-token.js';
import { edgeOf } from './edge-request.js';
import { Problem } from './problem.js';

/** Metadata key of the scopes of a route. */
export const SCOPES = 'symbolon:scopes';

/** Opens a route to tokens that hold one of these scopes. A route under `/api` without it answers nobody. */
export const Scope = (...scopes: readonly string[]): MethodDecorator => SetMetadata(SCOPES, scopes) as MethodDecorator;

const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Guards every API route; pages have guards of their own. */
export class TokenGuard implements CanActivate {
  constructor(private readonly verify: VerifyAccessToken) {}

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
    edgeOf(request).caller = caller;
    return true;
  }
}
