import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { accessTokens } from './access-token.js';
import type { VerifyAccessToken } from './access-token.js';
import type { Configuration } from './configuration.js';
import { resumeDeadline } from './deadline.js';
import { beginEdge, edgeOf } from './edge-request.js';
import { openapiDocument } from './openapi.js';
import { ProblemFilter, detailsOf, sendFailure } from './problem-filter.js';
import { routes } from './routes.js';
import { TokenGuard } from './scope.js';
import type { IsRevoked } from './scope.js';
import type { Log, Refuse } from './service.js';
import { checkTexts, refuseWithProblem } from './unreadable.js';
import { validation } from './validation.js';

/** What the edge of a process needs. `verify` replaces the provider's tokens in tests; `refuse` answers for pages. */
export type EdgeOptions = Readonly<{ configuration: Configuration; log: Log; isRevoked: IsRevoked; verify?: VerifyAccessToken; refuse?: Refuse }>;

/** The log never sees a query string: it may hold a code. */
function accessLog(fastify: FastifyInstance, log: Log): void {
  fastify.addHook('onResponse', async (request: FastifyRequest, reply: FastifyReply) => {
    log.info({ correlation: edgeOf(request).correlation, method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode, milliseconds: Math.round(reply.elapsedTime) }, 'request');
  });
}

function apiDocuments(app: NestFastifyApplication, fastify: FastifyInstance, configuration: Configuration): void {
  const all = routes(app);
  for (const service of new Set(all.map(({ path }) => path.split('/')[2]!))) {
    let document: string | undefined;
    fastify.get(`/api/${service}/v1/openapi.json`, (_request, reply) => {
      document ??= JSON.stringify(openapiDocument(service, all, configuration));
      return reply.header('content-type', 'application/json').send(document);
    });
  }
}

/** Sets up everything that every route gets: correlation, texts, tokens, validation, problems, API documents. Before `listen`. */
export async function edge(app: NestFastifyApplication, { configuration, log, isRevoked, verify, refuse = refuseWithProblem }: EdgeOptions): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', beginEdge(request, configuration.keys.pepper).correlation);
    reply.header('x-content-type-options', 'nosniff');
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
  resumeDeadline(fastify);
  accessLog(fastify, log);
  checkTexts(fastify, routes(app), refuse);
  fastify.setErrorHandler((error, request, reply) => sendFailure(request, reply, detailsOf(error), refuse));
  app.useGlobalPipes(validation());
  app.useGlobalGuards(new TokenGuard(verify ?? accessTokens(configuration), isRevoked));
  app.useGlobalFilters(new ProblemFilter(log, refuse));
  apiDocuments(app, fastify, configuration);
}
