import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Position } from '@symbolon/event-sourcing';
import { Problem } from './problem.js';
import type { Ports } from './service.js';

const POSITION = /^[0-9a-f]{20}([0-9a-f]{16})?$/;

/** What `After` gives a handler; the API document knows by it that a route may answer "not yet". */
export const readAfter = (_: unknown, context: ExecutionContext): Position | undefined => {
  const { after } = context.switchToHttp().getRequest<FastifyRequest>().query as { after?: unknown };
  if (after === undefined) return undefined;
  if (typeof after !== 'string' || !POSITION.test(after)) throw new Problem({ type: 'web/invalid', title: 'The request is not valid', status: 400, errors: [{ field: 'after', rule: 'position', message: 'Send the Symbolon-Position that you were given.' }] });
  return after;
};

/** `?after=<position>`: the caller wants to see at least what that answer said. */
export const After = createParamDecorator(readAfter);

/** Waits up to two seconds until `subscription` has reached the position; otherwise 202 with Retry-After: not wrong, not yet. */
export async function waited(ports: Pick<Ports, 'waitFor'>, subscription: string, after: Position | undefined): Promise<void> {
  if (after === undefined || (await ports.waitFor(subscription, after))) return;
  throw new Problem({ type: 'web/not_yet', title: 'Not yet visible', status: 202, detail: 'The change is stored; ask again in a second.', retryAfter: 1 });
}
