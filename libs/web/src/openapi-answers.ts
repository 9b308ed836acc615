import { z } from 'zod';
import type { ZodType } from 'zod';
import type { Route } from './routes.js';

/** A schema in JSON Schema; `io` input: what callers send, output: what they get. */
export const jsonSchema = (type: ZodType, io: 'input' | 'output') => z.toJSONSchema(type, { io, unrepresentable: 'any' });

/** What every failure says (RFC 9457). */
export const Problem = {
  type: 'object',
  required: ['type', 'title', 'status'],
  properties: {
    type: { type: 'string', description: 'Stable code, `<service>/<snake_case>`' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'The way out' },
    requestId: { type: 'string', description: 'The number under which the operator finds this request' },
    errors: { type: 'array', items: { type: 'object', required: ['field', 'rule', 'message'], properties: { field: { type: 'string' }, rule: { type: 'string' }, message: { type: 'string' } } } },
  },
};

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } };
const POSITION = { 'Symbolon-Position': { description: 'Where the log stood: send it as ?after=', schema: { type: 'string' } }, ETag: { description: 'The revision, for If-Match', schema: { type: 'string' } } };
const headersOf: Readonly<Record<number, object>> = { 401: { 'WWW-Authenticate': { schema: { type: 'string' } } }, 429: RETRY_AFTER, 503: RETRY_AFTER };

const problem = (status: number, description: string) => ({ description, ...(headersOf[status] ? { headers: headersOf[status] } : {}), content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } });

/** Statuses that follow from what a route takes, with what each means. */
function usual({ scopes, body, query, inPath, path, commands, documented }: Route): Readonly<Record<string, string>> {
  const takesBody = body !== undefined;
  const all: readonly (readonly [happens: boolean, status: number, words: string])[] = [
    [takesBody || query !== undefined || commands || Object.keys(inPath).length > 0, 400, 'Something that was sent is not as it must be; every field is named'],
    [scopes.length > 0, 401, 'No access token, or one that is not (any longer) valid here'],
    [scopes.length > 0, 403, 'The token lacks the scope'],
    [path.includes(':'), 404, 'There is nothing here, or it is not for this caller'],
    [commands && documented?.ifMatch !== false, 412, 'It changed since the revision in If-Match'],
    [takesBody, 413, 'More than 128 KiB'],
    [takesBody, 415, 'Not application/json'],
    [commands, 422, 'The Idempotency-Key was used for another request, or what was sent cannot be stored'],
    [true, 503, 'A part of the service is away: repeat the request with the same Idempotency-Key'],
  ];
  return Object.fromEntries(all.filter(([happens]) => happens).map(([, status, words]) => [status, words]));
}

/** Every answer of a route by status, each with its schema. */
export function answersOf(route: Route): Readonly<Record<string, object>> {
  const { documented, status, commands, waits } = route;
  const said = documented?.answers ?? {};
  const successes = [...new Set([status, ...Object.keys(said).map(Number).filter((one) => one < 300)])].sort();
  const failures: Readonly<Record<string, string>> = { ...usual(route), ...Object.fromEntries(Object.entries(said).filter(([one]) => Number(one) >= 400)) };
  const schema = documented ? jsonSchema(documented.answer, 'output') : {};
  const success = (one: number) => ({
    description: said[one] ?? documented?.answer.description ?? 'Done',
    headers: { ...(commands ? POSITION : {}), ...(one === 202 ? RETRY_AFTER : {}) },
    content: { 'application/json': { schema } },
  });
  return {
    ...Object.fromEntries(successes.map((one) => [one, success(one)])),
    ...(waits ? { 202: { ...problem(202, 'The position in ?after= is not yet visible: ask again'), headers: RETRY_AFTER } } : {}),
    ...Object.fromEntries(Object.entries(failures).map(([one, description]) => [one, problem(Number(one), description)])),
    default: problem(500, 'Something went wrong on our side'),
  };
}
