import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { timeLeft, withinDeadline } from '@symbolon/event-sourcing';
import type { FastifyInstance } from 'fastify';

/** Carries what is left of a request's time, in milliseconds, to those of our own APIs that it calls. */
export const DEADLINE_HEADER = 'symbolon-deadline';

type Resume = (work: () => void) => void;

const resumes = new WeakMap<IncomingMessage, Resume>();

/** Every request has one deadline, `most` milliseconds from its arrival or what its caller has left: whatever is called for it gets the rest. */
export const requestDeadline =
  (most: number) =>
  (request: IncomingMessage, _response: ServerResponse, next: () => void): void => {
    const asked = Number(request.headers[DEADLINE_HEADER]);
    withinDeadline(asked > 0 ? Math.min(asked, most) : most, () => {
      resumes.set(request, AsyncLocalStorage.snapshot() as Resume);
      next();
    });
  };

/** A body arrives outside of what was begun with its request: what comes after it is under the request's deadline again. */
export function resumeDeadline(fastify: FastifyInstance): void {
  fastify.addHook('preValidation', (request, _reply, done) => (resumes.get(request.raw) ?? ((work) => work()))(done));
}

/** For a request to one of our own APIs: it has what is left of this one's time, `most` milliseconds where there is no deadline. */
export function restOfDeadline(most: number): Readonly<{ headers: Record<string, string>; signal: AbortSignal }> {
  const left = Math.ceil(timeLeft(most));
  return { headers: { [DEADLINE_HEADER]: String(left) }, signal: AbortSignal.timeout(left) };
}
