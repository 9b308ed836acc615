import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { edgeOf } from './edge-request.js';
import { Problem } from './problem.js';
import type { RestsOn } from './revocations.js';

/** Who calls an API, as its access token says. `subject` is the account; a machine has none. `restsOn`: what must not have been revoked since the token was made. `boundTo`: the thumbprint of the key that has to be proven with it (RFC 9449). */
export type CallerIdentity = Readonly<{ subject?: string; client: string; scopes: ReadonlySet<string>; roles: readonly string[]; restsOn: RestsOn; boundTo?: string }>;

/** The caller of a guarded route. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): CallerIdentity => {
  const { caller } = edgeOf(context.switchToHttp().getRequest<FastifyRequest>());
  if (!caller) throw new Problem({ type: 'web/unauthenticated', title: 'An access token is needed', status: 401, detail: 'Send Authorization: Bearer with a token for this API.' });
  return caller;
});

/** Whether the caller may act on somebody else's data: a machine with the scope, or a person with one of the roles. */
export const mayActFor = (caller: CallerIdentity, subject: string, ...roles: readonly string[]): boolean =>
  caller.subject === subject || caller.subject === undefined || caller.roles.includes('admin') || roles.some((role) => caller.roles.includes(role));
