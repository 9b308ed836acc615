import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { withinDeadline } from '@symbolon/event-sourcing';
import { loadKeys } from '@symbolon/vault';
import type { Configuration, Log, Ports, SeedFacts, Service, Wired } from '@symbolon/web';
import { openAdapters } from './adapters.js';
import type { Adapters, Rest } from './adapters.js';
import { explain } from './cannot-start.js';
import { chooseDataFolder, lockDataFolder, makeDataFolder } from './data-folder.js';
import { followers as makeFollowers } from './followers.js';
import type { Followers } from './followers.js';
import { InProcess } from './in-process.js';
import { jsonLog } from './log.js';
import { isPublicIssuer } from './loopback.js';
import { openOperations } from './operations.js';
import type { Condition } from './operations.js';
import { checkPortsFree } from './ports-free.js';
import { step } from './progress.js';
import { parseSettings } from './settings.js';
import type { Settings } from './settings.js';
import { Rebuilds } from './tables/rebuilds.js';
import { keepRunning } from './workers.js';

/** A process that serves. */
export type Running = Readonly<{
  settings: Settings;
  configuration: Configuration;
  dataDir: string;
  /** Where events are kept, as it may be shown. */
  eventLog: string;
  log: Log;
  /** What the seeds gave, by service. */
  facts: Readonly<Record<string, SeedFacts>>;
  /** Registers what must end before the services do; the last one first. */
  onStop(end: () => Promise<void>): void;
  /** Says that nothing is left to prepare: from here on `/readyz` may answer yes. */
  prepared(): void;
  /** Stops accepting, finishes what is in flight, resigns its leads, closes the engines. Repeatable. */
  stop(): Promise<void>;
}>;

/** `root`: the clone, in which `.symbolon` lies by default. `services` loads them, beside the start of the engines. */
export type BootOptions = Readonly<{ root: string; environment?: NodeJS.ProcessEnv; services(): Promise<readonly Service[]>; signal?: AbortSignal }>;

type Ends = Readonly<{ add(end: () => Promise<void>): void; run(): Promise<void> }>;

/** What was opened is closed in reverse order; one that fails does not keep the others open. */
function ends(): Ends {
  const stack: (() => Promise<void>)[] = [];
  return {
    add: (end) => void stack.push(end),
    run: async () => {
      for (let end = stack.pop(); end; end = stack.pop()) await end().catch(() => undefined);
    },
  };
}

/** Configuration → engines → services → traffic. What was opened is closed again when a step fails. */
export async function boot(options: BootOptions): Promise<Running> {
  const settings = parseSettings(options.environment ?? process.env);
  for (const warning of settings.warnings) console.log(`  Note: ${warning}`);
  const dataDir = chooseDataFolder(options.root, settings.dataDir);
  const opened = ends();
  try {
    return await start(options, settings, dataDir, opened);
  } catch (error) {
    await opened.run();
    throw explain(error, dataDir);
  }
}

async function configure(settings: Settings, dataDir: string): Promise<{ configuration: Configuration; kek: Uint8Array }> {
  const fresh = !existsSync(join(dataDir, 'keys')) && !existsSync(join(dataDir, 'postgres'));
  const { kek, ...keys } = await loadKeys(dataDir, { fresh });
  return { kek, configuration: { ...settings.configuration, dataDir, keys } };
}

/** Every port that will be opened, also the sample application's, which only a loopback installation has. */
const listeners = ({ configuration: { bind, port, operationsPort, issuer }, samplePort }: Settings) => [
  { variable: 'SYMBOLON_PORT', port, bind },
  { variable: 'SYMBOLON_OPERATIONS_PORT', port: operationsPort, bind },
  ...(isPublicIssuer(issuer) ? [] : [{ variable: 'SYMBOLON_SAMPLE_PORT', port: samplePort, bind }]),
];

async function start(options: BootOptions, settings: Settings, dataDir: string, opened: Ends): Promise<Running> {
  makeDataFolder(dataDir);
  const lock = await lockDataFolder(dataDir);
  opened.add(() => lock.release());
  await checkPortsFree(listeners(settings));
  const { configuration, kek } = await configure(settings, dataDir);
  const log = jsonLog((options.environment ?? process.env)['SYMBOLON_TEST_LOG'] === 'debug' ? 'debug' : 'warn');
  const loading = options.services();
  loading.catch(() => undefined);
  const adapters = await openAdapters({ settings, configuration, kek, log, services: () => loading, opened: opened.add });
  const services = await loading;
  return serve({ settings, dataDir, configuration, log, adapters, services, opened });
}

type Serving = Readonly<{ settings: Settings; dataDir: string; configuration: Configuration; log: Log; adapters: Adapters; services: readonly Service[]; opened: Ends }>;

async function serve({ settings, dataDir, configuration, log, adapters, services, opened }: Serving): Promise<Running> {
  const drain = new AbortController();
  const following = makeFollowers(log, adapters.positionOf);
  let prepared = false;
  const wired: Wired[] = [];
  const condition = conditionOf({ following, adapters, wired, log }, () => [...(prepared ? [] : ['still starting']), ...(drain.signal.aborted ? ['stopping'] : [])]);
  const operations = await openOperations(configuration.operationsPort, configuration.bind, condition);
  opened.add(async () => void operations.close());
  const { buildApplication } = await import('./application.js');
  const questions = new InProcess();
  const rest = restOf(configuration, log, following, adapters, questions);
  const ports = new Map(services.map((service) => [service.name, adapters.portsOf(service, rest)]));
  for (const service of services) wired.push(await service.wire(ports.get(service.name) as Ports));
  opened.add(async () => void (await Promise.allSettled(wired.map(async (part) => part.close?.()))));
  const rebuilds = new Rebuilds({ services, following, adapters, log, signal: drain.signal });
  const app = await buildApplication({ wired, configuration, deadline: settings.requestDeadline, log, questions, following, adapters, rebuilds });
  const work = startWork({ services, wired, adapters, following, rebuilds, log, signal: drain.signal });
  opened.add(async () => {
    drain.abort();
    await work();
  });
  await listen(app, configuration, opened);
  const facts = await seed(services, ports);
  return { settings, configuration, dataDir, eventLog: adapters.where, log, facts, onStop: opened.add, prepared: () => void (prepared = true), stop: once(opened.run) };
}

/** What keeps an engine from working is logged when it begins and when it is over, not at each question. */
function announced(hindrances: () => Promise<readonly string[]>, log: Log): () => Promise<readonly string[]> {
  let said = '';
  return async () => {
    const found = await hindrances();
    const now = found.join('; ');
    if (now !== said) log.warn({ hindrances: found }, now === '' ? 'all engines work again' : 'an engine does not work');
    said = now;
    return found;
  };
}

/** Whoever asks whether we are ready has no patience for an engine that stands still. Milliseconds. */
const probeWithin = 3_000;

/** A subscription that is further behind than this many milliseconds answers with old data. */
const behindAfter = 10_000;

function conditionOf({ following, adapters, wired, log }: Readonly<{ following: Followers; adapters: Adapters; wired: readonly Wired[]; log: Log }>, own: () => readonly string[]): Condition {
  const engines = announced(() => withinDeadline(probeWithin, () => adapters.hindrances()), log);
  return {
    hindrances: async () => [
      ...own(),
      ...(await engines()),
      ...following.states().filter(({ ready }) => !ready).map(({ subscription, stopped }) => (stopped === undefined ? `${subscription} waits` : `${subscription} stands still: ${stopped}`)),
      ...following.states().filter(({ lag }) => lag > behindAfter).map(({ subscription }) => `${subscription} is behind`),
    ],
    subscriptions: following.states,
    figures: () => wired.flatMap(({ figures = [] }) => figures),
  };
}

function restOf(configuration: Configuration, log: Log, following: Followers, adapters: Adapters, questions: InProcess): Rest {
  return {
    configuration,
    log,
    waitFor: (subscription, position, milliseconds, key) => (key === undefined ? following.waitFor(subscription, position, milliseconds) : adapters.waitForKey(subscription, position, key, milliseconds)),
    revoked: (key, epoch, milliseconds) => adapters.revoked(key, epoch, milliseconds),
    ask: (question, payload, milliseconds) => questions.ask(question, payload, milliseconds),
  };
}

const once = (work: () => Promise<void>) => {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
};

type Work = Readonly<{ services: readonly Service[]; wired: readonly Wired[]; adapters: Adapters; following: Followers; rebuilds: Rebuilds; log: Log; signal: AbortSignal }>;

/** Followers, rebuilds and workers; the answer waits for their end. */
function startWork({ services, wired, adapters, following, rebuilds, log, signal }: Work): () => Promise<void> {
  const owner = randomUUID();
  for (const service of services) following.start(service.name, service.subscriptions, adapters.wiringOf(service, owner), signal);
  const workers = wired.flatMap((part) => part.workers ?? []).map((worker) => keepRunning(worker, signal, log));
  return async () => void (await Promise.allSettled([following.done(), rebuilds.done(), ...workers]));
}

async function listen(app: NestFastifyApplication, { port, bind }: Configuration, opened: Ends): Promise<void> {
  opened.add(() => app.close());
  await app.startAllMicroservices();
  await app.listen(port, bind);
}

async function seed(services: readonly Service[], ports: ReadonlyMap<string, Ports>): Promise<Record<string, SeedFacts>> {
  const facts: Record<string, SeedFacts> = {};
  for (const service of services) {
    const given = await step(`Preparing ${service.name}`, async () => service.seed?.(ports.get(service.name) as Ports));
    if (given) facts[service.name] = given;
  }
  return facts;
}
