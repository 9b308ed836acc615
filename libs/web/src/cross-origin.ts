import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isApiAddress } from './api-address.js';

/** Origins whose pages may read what the APIs answer. Throws when nobody can say so now. */
export type Origins = () => Promise<ReadonlySet<string>>;

/** The question by which an edge learns them, and its answer. */
export const BROWSER_ORIGINS = 'authentication.origins';
export type BrowserOrigins = Readonly<{ origins: readonly string[] }>;

const METHODS = 'GET, POST, PUT, PATCH, DELETE';
const HEADERS = 'authorization, content-type, dpop, idempotency-key, if-match, x-request-id, traceparent';
const EXPOSED = 'dpop-nonce, etag, location, retry-after, symbolon-position, www-authenticate, x-request-id';
/** Seconds for which a browser may remember a preflight; an application that is disabled meanwhile gets no token anyhow. */
const MAX_AGE = 600;

/**
 * Lets browser applications call the APIs from the origins that they registered, exactly, and from no other (Fetch, "CORS protocol"). Never with
 * credentials: the APIs take bearer tokens alone, so a page can send nothing that it was not given.
 */
export function crossOrigin(fastify: FastifyInstance, origins: Origins): void {
  fastify.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    if (!isApiAddress(request.url)) return;
    reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (typeof origin !== 'string' || !(await origins().catch(() => new Set<string>())).has(origin)) return;
    reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED });
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return;
    await reply.status(204).headers({ 'access-control-allow-methods': METHODS, 'access-control-allow-headers': HEADERS, 'access-control-max-age': String(MAX_AGE) }).send();
  });
}
