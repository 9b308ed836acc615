import { Module } from '@nestjs/common';
import type { DynamicModule, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BROWSER_ORIGINS, edge, numberRequest, refuseUnreadable, refuseUnroutable, refuseWhoever, refuseWithProblem, requestDeadline } from '@symbolon/web';
import type { BrowserOrigins, Configuration, Log, Refuse, Wired } from '@symbolon/web';
import type { Adapters } from './adapters.js';
import { edgeServer, PATIENCE } from './edge-server.js';
import type { Handler, Step } from './edge-server.js';
import type { Followers } from './followers.js';
import { forwardedFromTrusted } from './forwarded.js';
import { hostCheck } from './host-check.js';
import type { InProcess } from './in-process.js';
import { atIssuer } from './issuer-address.js';
import { operationsModule } from './parked.http.js';
import { plainPath } from './plain-path.js';
import type { Rebuilds } from './tables/rebuilds.js';
import { tablesModule } from './tables/tables.http.js';

/** Largest body of a request: forms and commands are small, files are not taken. */
const bodyLimit = 128 * 1024;

@Module({})
class Root {}

/** Nest speaks only when something is wrong. */
function nestLogger(log: Log): LoggerService {
  const say = (level: keyof Log) => (message: unknown, ...more: unknown[]) => log[level]({ more: more.map(String) }, String(message));
  return { log: () => undefined, debug: () => undefined, verbose: () => undefined, warn: say('warn'), error: say('error'), fatal: say('error') };
}

/** What an application is made of. `deadline`: milliseconds that a request has. */
export type Parts = Readonly<{ wired: readonly Wired[]; configuration: Configuration; deadline: number; log: Log; questions: InProcess; following: Followers; adapters: Adapters; rebuilds: Rebuilds }>;

/** What every request goes through before anything routes it. */
const steps = (configuration: Configuration, refuse: Refuse): readonly Step[] => [numberRequest, forwardedFromTrusted(configuration), hostCheck(configuration), atIssuer(configuration), plainPath, refuseUnreadable(refuse)];

/** One application that holds all services' modules; their mounts come before every parser. */
export async function buildApplication({ wired, configuration, deadline, log, questions, following, adapters, rebuilds }: Parts): Promise<NestFastifyApplication> {
  const root: DynamicModule = { module: Root, imports: [...wired.map(({ module }) => module), operationsModule(following, adapters), tablesModule(rebuilds)] };
  const refuse = wired.find((part) => part.refuse)?.refuse ?? refuseWithProblem;
  const adapter = new FastifyAdapter({
    bodyLimit,
    logger: false,
    trustProxy: configuration.trustedProxies.length > 0 ? [...configuration.trustedProxies] : false,
    forceCloseConnections: 'idle',
    requestTimeout: PATIENCE.request,
    serverFactory: (handler: Handler) => edgeServer({ handler, steps: steps(configuration, refuse), refuse: refuseWhoever(refuse) }),
    clientErrorHandler: () => undefined, // the server answers by itself
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: refuseUnroutable(refuse),
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, { logger: nestLogger(log), abortOnError: false });
  app.use(requestDeadline(deadline));
  for (const { path, handler } of wired.flatMap(({ mounts }) => mounts ?? [])) app.use(path, handler);
  const pages = wired.find((one) => one.pages !== undefined)?.pages;
  const origins = async () => new Set((await questions.ask<BrowserOrigins>(BROWSER_ORIGINS, {})).origins);
  await edge(app, { configuration, log, isRevoked: adapters.isRevoked, isFirstUse: adapters.isFirstUse, refuse, origins, ...(pages ? { pages } : {}) });
  app.connectMicroservice({ strategy: questions });
  return app;
}
