import { createHmac, randomUUID } from 'node:crypto';
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { NO_STREAM, uuidv5 } from '@symbolon/event-sourcing';
import type { Cause, Revision } from '@symbolon/event-sourcing';
import type { CallerIdentity } from './caller.js';
import { edgeOf } from './edge-request.js';
import { Problem } from './problem.js';

/** Which command this request is: the same key from the same caller at the same target is the same command. */
export type CommandIdentity = Readonly<{ id: string; request?: string; ifMatch?: Revision; correlation: string; traceparent?: string }>;

const canonical = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(canonical) : value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, canonical(inner)])) : value;

/** HMAC of a body in canonical JSON: tells whether a key is used again for something else, without keeping the body. */
export const requestDigest = (body: unknown, pepper: Uint8Array): string => createHmac('sha256', pepper).update(JSON.stringify(canonical(body ?? null))).digest('base64url');

const KEY = /^[\x21-\x7e]{1,200}$/;
const ETAG = /^"(-1|\d{1,18})"$/;

const wrongHeader = (field: string, rule: string, message: string) => new Problem({ type: 'web/invalid', title: 'The request is not valid', status: 400, errors: [{ field, rule, message }] });

function ifMatchOf(value: unknown): Revision | undefined {
  if (value === undefined) return undefined;
  const revision = typeof value === 'string' ? ETAG.exec(value)?.[1] : undefined;
  if (revision === undefined) throw wrongHeader('If-Match', 'etag', 'Send the ETag that you were given, in quotes.');
  return revision === '-1' ? NO_STREAM : BigInt(revision);
}

/** What `CommandId` gives a handler; the API document knows by it that a route takes these headers. */
export const readCommandId = (_: unknown, context: ExecutionContext): CommandIdentity => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { caller, correlation, traceparent, pepper } = edgeOf(request);
  const key = request.headers['idempotency-key'];
  if (key !== undefined && (typeof key !== 'string' || !KEY.test(key))) throw wrongHeader('Idempotency-Key', 'printable', 'Send 1 to 200 printable ASCII characters, for example a UUID.');
  const ifMatch = ifMatchOf(request.headers['if-match']);
  const base = { correlation, ...(traceparent === undefined ? {} : { traceparent }), ...(ifMatch === undefined ? {} : { ifMatch }) };
  if (key === undefined) return { id: randomUUID(), ...base };
  const target = request.url.split('?')[0] ?? '';
  const who = `${caller?.client ?? ''} ${caller?.subject ?? ''}`;
  return { id: uuidv5('symbolon:command', `${who} ${request.method} ${target} ${key}`), request: requestDigest(request.body, pepper), ...base };
};

/** Reads Idempotency-Key and If-Match. */
export const CommandId = createParamDecorator(readCommandId);

/** What goes into the metadata of the events that this request leads to. `subject`: the account that they are about. */
export const causeOf = (caller: CallerIdentity, command: CommandIdentity, subject?: string): Cause => ({
  actor: caller.subject ?? caller.client,
  correlation: command.correlation,
  causation: command.id,
  ...(subject === undefined ? {} : { subject }),
  ...(command.traceparent === undefined ? {} : { traceparent: command.traceparent }),
  ...(command.request === undefined ? {} : { request: command.request }),
  ...(command.ifMatch === undefined ? {} : { ifMatch: command.ifMatch }),
});
