import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { CallerIdentity } from './caller.js';

/** What the edge knows of a request beside its content. */
export type Edge = { correlation: string; traceparent: string | undefined; caller?: CallerIdentity; pepper: Uint8Array };

const edges = new WeakMap<object, Edge>();
const ID = /^[\w.:-]{8,100}$/;
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
};

/** The caller's number where it is one, else one that is drawn. */
const numberOf = (asked: unknown): string => (typeof asked === 'string' && ID.test(asked) ? asked : randomUUID());

/** Gives every request its number, also those that a mount answers before the edge sees them: what is shown, logged and passed on says the same one. */
export function numberRequest(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const id = numberOf(request.headers['x-request-id']);
  request.headers['x-request-id'] = id;
  response.setHeader('x-request-id', id);
  next();
}

/** Begins a request: takes the caller's correlation id where it is one, else draws one. */
export function beginEdge(request: FastifyRequest, pepper: Uint8Array): Edge {
  const trace = header(request, 'traceparent');
  const edge: Edge = { correlation: numberOf(header(request, 'x-request-id')), traceparent: trace !== undefined && TRACEPARENT.test(trace) ? trace : undefined, pepper };
  edges.set(request, edge);
  return edge;
}

/** What `beginEdge` kept for this request. */
export const edgeOf = (request: FastifyRequest): Edge => edges.get(request) ?? { correlation: 'none', traceparent: undefined, pepper: new Uint8Array() };
