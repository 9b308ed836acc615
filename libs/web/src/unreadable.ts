import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isApiAddress } from './api-address.js';
import { edgeOf, numberRequest } from './edge-request.js';
import { Problem } from './problem.js';
import type { FieldError } from './problem.js';
import { detailsOf, sendProblem } from './problem-filter.js';
import { basicFault, formFault, sentenceOf, statusOfFault, targetFault } from './request-text.js';
import type { RequestFault } from './request-text.js';
import type { Route } from './routes.js';
import type { Refuse } from './service.js';
import { valueFaults } from './value-text.js';

/** Whatever is not for an API may hold control characters (a password may), and nothing that no engine keeps. */
const PAGES = { holds: 'any' } as const;

const isApi = (request: Pick<IncomingMessage, 'url'>): boolean => isApiAddress(request.url ?? '');

const problemOf = (errors: readonly FieldError[], status = 400): Problem => new Problem({ type: 'web/invalid', title: 'The request is not valid', status, errors });
const unreadable = (found: RequestFault): Problem => problemOf([{ field: found.field, rule: found.fault, message: sentenceOf(found) }], statusOfFault(found));

/** Where no service has pages there is nothing but a problem to answer with. */
export const refuseWithProblem: Refuse = (_request, response, found) => {
  const { details } = unreadable(found);
  response.writeHead(details.status, { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ ...details, requestId: String(response.getHeader('x-request-id') ?? 'none') }));
};

/** As whoever asked reads answers: a problem where an API is asked. */
export const refuseWhoever =
  (refuse: Refuse): Refuse =>
  (request, response, found) =>
    (isApi(request) ? refuseWithProblem : refuse)(request, response, found);

/** Before anything reads a request, mounts too: an address or credentials with NUL, half a character, bytes that are no UTF-8 or without end are answered with 400. */
export const refuseUnreadable =
  (refuse: Refuse) =>
  (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const found = targetFault(request.url ?? '', PAGES) ?? basicFault(request.headers.authorization, PAGES);
    if (found === undefined) return next();
    refuseWhoever(refuse)(request, response, found);
  };

/** What a framework cannot even route: an address that it cannot decode, or a parameter that is longer than any of ours. */
export const refuseUnroutable =
  (refuse: Refuse) =>
  (error: Error & { code?: string }, request: FastifyRequest, reply: FastifyReply): void => {
    numberRequest(request.raw, reply.raw, () => undefined);
    const fault = error.code === 'FST_ERR_BAD_URL' ? 'not_utf8' : 'too_long';
    refuseWhoever(refuse)(request.raw, reply.raw, { field: '', fault });
  };

/** The same for everything that a request brings, in one place for every route of Nest's: bodies as bytes, then all that was parsed. */
export function checkTexts(fastify: FastifyInstance, routes: readonly Route[], refuse: Refuse): void {
  const schemas = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  fastify.addHook('preParsing', async (request, reply, payload) => {
    if (!hasBody(request.raw)) return payload;
    const body = await collected(payload, request.routeOptions.bodyLimit);
    const found = bodyFault(request.headers['content-type'] ?? '', body);
    if (found === undefined) return Object.assign(Readable.from([body]), { receivedEncodedLength: body.byteLength });
    return answer(request, reply, refuse, found);
  });
  fastify.addHook('preValidation', async (request, reply) => {
    const { url = '', method } = request.routeOptions;
    const route = schemas.get(`${[method].flat()[0]} ${url}`);
    const parts = [[request.params], [request.query, route?.query], [request.body, route?.body]] as const;
    if (isApi(request.raw)) {
      const errors = parts.flatMap(([value, schema]) => valueFaults(value, schema));
      if (errors.length > 0) throw problemOf(errors);
      return;
    }
    const [error] = parts.flatMap(([value]) => valueFaults(value)).filter(({ rule }) => rule !== 'control_character');
    if (error) answer(request, reply, refuse, { field: error.field, fault: error.rule as RequestFault['fault'] });
  });
}

const hasBody = ({ headers }: IncomingMessage): boolean => headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Throws 413 for more than `limit` bytes. */
async function collected(payload: AsyncIterable<unknown>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of payload) {
    size += (chunk as Buffer).length;
    if (size > limit) throw Object.assign(new Error('the body is too large'), { statusCode: 413 });
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function bodyFault(type: string, body: Buffer): RequestFault | undefined {
  if (/^application\/x-www-form-urlencoded/i.test(type)) return formFault(body, PAGES);
  return isUtf8(body) ? undefined : { field: '', fault: 'not_utf8' }; // JSON escapes what it likes: what it says is judged once it is parsed
}

function answer(request: FastifyRequest, reply: FastifyReply, refuse: Refuse, found: RequestFault): FastifyReply {
  if (isApi(request.raw)) {
    sendProblem(reply, detailsOf(unreadable(found)), edgeOf(request).correlation);
    return reply;
  }
  reply.hijack();
  refuse(request.raw, reply.raw, found);
  return reply;
}
