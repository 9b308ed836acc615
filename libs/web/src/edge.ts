import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isApiAddress } from './api-address.js';
import { accessTokens } from './access-token.js';
import type { VerifyAccessToken } from './access-token.js';
import type { Configuration } from './configuration.js';
import { crossOrigin } from './cross-origin.js';
import type { Origins } from './cross-origin.js';
import { resumeDeadline } from './deadline.js';
import { beginEdge, edgeOf } from './edge-request.js';
import { openapiDocument } from './openapi.js';
import type { OpenApiDocument } from './openapi.js';
import { ProblemFilter } from './problem-filter.js';
import { routes } from './routes.js';
import { TokenGuard } from './scope.js';
import type { IsFirstUse, IsRevoked } from './scope.js';
import type { Log, Refuse } from './service.js';
import { sendSitePage } from './site-pages.js';
import type { SitePages } from './site-pages.js';
import { checkTexts, refuseWithProblem } from './unreadable.js';
import { validation } from './validation.js';

/**
 * What the edge of a process needs. `pages`: where one of its services draws pages. `verify` replaces the provider's tokens in tests; `refuse` answers for pages.
 * `origins`: of browser applications; none where it is left out.
 */
export type EdgeOptions = Readonly<{ configuration: Configuration; log: Log; isRevoked: IsRevoked; isFirstUse: IsFirstUse; pages?: SitePages; verify?: VerifyAccessToken; refuse?: Refuse; origins?: Origins }>;

/** The log never sees a query string: it may hold a code. */
function accessLog(fastify: FastifyInstance, log: Log): void {
  fastify.addHook('onResponse', async (request: FastifyRequest, reply: FastifyReply) => {
    log.info({ correlation: edgeOf(request).correlation, method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode, milliseconds: Math.round(reply.elapsedTime) }, 'request');
  });
}

/** One document for each service, and a page of all of them. */
function apiDocuments(app: NestFastifyApplication, fastify: FastifyInstance, { configuration, pages }: EdgeOptions): void {
  const all = routes(app);
  const services = [...new Set(all.map(({ path }) => path.split('/')[2]!))].sort();
  const documents = new Map<string, OpenApiDocument>();
  const documentOf = (service: string): OpenApiDocument => {
    const document = documents.get(service) ?? openapiDocument(service, all, configuration);
    documents.set(service, document);
    return document;
  };
  for (const service of services) fastify.get(`/api/${service}/v1/openapi.json`, (_request, reply) => reply.header('content-type', 'application/json').send(JSON.stringify(documentOf(service))));
  if (!pages) return;
  for (const address of ['/api', '/api/']) fastify.get(address, (_request, reply) => sendSitePage(reply, 200, pages.documents(services.map(documentOf))));
  fastify.get('/', (_request, reply) => sendSitePage(reply, 200, pages.home()));
}

/** Libraries name a content type also where they send nothing: no body is no malformed one. */
function withoutBody({ headers }: FastifyRequest): void {
  const empty = headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0';
  if (empty && headers['content-type']?.startsWith('application/json')) delete headers['content-type'];
}

/** Sets up everything that every route gets: correlation, texts, tokens, validation, problems, API documents. Before `listen`. */
export async function edge(app: NestFastifyApplication, options: EdgeOptions): Promise<void> {
  const { configuration, log, isRevoked, isFirstUse, pages, verify, refuse = refuseWithProblem, origins = async () => new Set() } = options;
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', beginEdge(request, configuration.keys.pepper).correlation);
    reply.header('x-content-type-options', 'nosniff');
    withoutBody(request);
    if (isApiAddress(request.url)) reply.header('cache-control', 'no-store');
  });
  crossOrigin(fastify, origins);
  resumeDeadline(fastify);
  accessLog(fastify, log);
  checkTexts(fastify, routes(app), refuse);
  app.useGlobalPipes(validation());
  app.useGlobalGuards(new TokenGuard({ verify: verify ?? accessTokens(configuration), isRevoked, isFirstUse, origin: configuration.origin }));
  app.useGlobalFilters(new ProblemFilter(log, pages));
  apiDocuments(app, fastify, options);
}
