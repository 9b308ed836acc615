// The one place where addresses become engines. Another engine is another entry of `eventStores` or `buses`; nothing below knows which it is.
import type { DescFile } from '@bufbuild/protobuf';
import { commandHandler, timeToWait } from '@symbolon/event-sourcing';
import type { Bus, Codec, EventStore, Position, Wiring } from '@symbolon/event-sourcing';
import { parseAddress } from '@symbolon/eventstoredb/address';
import { codec, publicFiles } from '@symbolon/events';
import { causeOf, checkServer, LogHeads, migrate, pool, postgresBus, postgresEventStore, postgresProgress, processLeases, roleUrl, waitFor, whereOf } from '@symbolon/postgres';
import type { Database, Leases } from '@symbolon/postgres';
import { migrations as vaultMigrations, postgresVault, recogniseKeys, refuseForeignKeys } from '@symbolon/vault';
import type { Vault } from '@symbolon/vault';
import { isFirstUse, isRevoked, knowsOf } from '@symbolon/web';
import type { Configuration, IsFirstUse, IsRevoked, Log, Ports, Service } from '@symbolon/web';
import { CannotStart } from './cannot-start.js';
import { keepDatabase } from './embedded-database.js';
import { checkKnownLog, replaced } from './known-log.js';
import type { Place } from './known-log.js';
import { step } from './progress.js';
import type { Settings } from './settings.js';

type Close = () => Promise<void>;
/** A service's own login in the database of the process. */
type Login = Readonly<{ url: string; heads: LogHeads }>;
/** `where`: the engine, as it may be shown (without a password). */
type Opened<T> = Readonly<{ where: string; forService(login: Login): T & { close(): Promise<void> }; close?: Close }>;
type Engines<T> = Readonly<Record<string, (address: string) => Promise<Opened<T>>>>;

/** An engine's client is loaded when an address names it. */
const eventStores: Engines<EventStore> = {
  'postgres:': async () => ({ where: 'in the database', forService: postgresEventStore }),
  'esdb:': openEventStoreDB,
  'esdb+discover:': openEventStoreDB,
};
const allBuses: Engines<Bus> = { 'postgres:': async () => ({ where: 'in the database', forService: postgresBus }) };

/** EventStoreDB knows one user of ours: all services of a process share its connection. */
async function openEventStoreDB(url: string): Promise<Opened<EventStore>> {
  const { eventStoreDB } = await import('@symbolon/eventstoredb');
  const store = eventStoreDB({ url });
  return { where: `at ${parseAddress(url).label}`, forService: () => ({ ...store, close: async () => undefined }), close: () => store.close() };
}

/** What a service is given beside its adapters. */
export type Rest = Pick<Ports, 'configuration' | 'log' | 'waitFor' | 'revoked' | 'ask'>;

/** Engines that run, and what each service sees of them. */
export type Adapters = Readonly<{
  /** Where events are kept, as it may be shown. */
  where: string;
  portsOf(service: Service, rest: Rest): Ports;
  wiringOf(service: Service, owner: string): Wiring;
  databaseOf(service: string): Database;
  /** The database as its owner, for what no service may do: to make and drop tables. Long work is allowed. */
  owner: Database;
  /** The kept position of `<service>.<what>.v<n>`. */
  positionOf(subscription: string): Promise<Position | undefined>;
  /** Until the event of `key` that was published from `position` is handled. */
  waitForKey(subscription: string, position: Position, key: string, milliseconds?: number): Promise<boolean>;
  /** What the token guard of a service says of a token; for addresses of boot itself, that of the first service. */
  isRevoked: IsRevoked;
  /** Whether a proof of possession is new to a service; for addresses of boot itself, to the first one. */
  isFirstUse: IsFirstUse;
  /** Until the token guard of every service of this process knows of a revocation. */
  revoked: Ports['revoked'];
  /** Engines that do not answer. */
  hindrances(): Promise<readonly string[]>;
}>;

export type AdapterOptions = Readonly<{
  settings: Settings;
  configuration: Configuration;
  kek: Uint8Array;
  log: Log;
  services(): Promise<readonly Service[]>;
  /** Takes what closes an engine that was opened; they are called in reverse order. */
  opened(close: Close): void;
}>;

type Own = Readonly<{ database: Database; store: EventStore; bus: Bus; codec: Codec }>;

/** Starts the engines, brings their schemas up to date, and connects every service under its own role. */
export async function openAdapters({ settings, configuration, kek, log, services, opened }: AdapterOptions): Promise<Adapters> {
  const secret = configuration.keys.service;
  const url = settings.databaseUrl ?? (await keepDatabase(configuration.dataDir, log, opened));
  const known = await services();
  await step('Bringing the database up to date', () =>
    answering(url, async () => {
      if (settings.databaseUrl) await checkServer({ url, services: ['vault', ...known.map(({ name }) => name)], connections: connectionsOf(known.length) });
      await refuseOtherKeys(url, configuration, kek);
      await migrate({ url, secret, services: [{ name: 'vault', migrations: vaultMigrations }, ...known] });
    }),
  );
  const vault = await openVault(url, configuration, kek, opened);
  const first = known[0];
  if (!first) throw new CannotStart('There is no service to start.');
  const heads = new LogHeads({ url: roleUrl(url, first.name, secret) });
  opened(() => heads.close());
  const leases = processLeases({ url: roleUrl(url, first.name, secret) });
  opened(() => leases.close());
  const stores = await chosen(eventStores, settings.eventStoreUrl, 'SYMBOLON_EVENT_STORE_URL', opened);
  const buses = await chosen(allBuses, settings.busUrl, 'SYMBOLON_BUS_URL', opened);
  const own = new Map<string, Own>();
  for (const service of known) own.set(service.name, openService({ service, login: { url: roleUrl(url, service.name, secret), heads }, stores, buses, vault, opened }));
  await step('Looking at the event log', async () => checkKnownLog(own.get(first.name)!.store, (await Promise.all(known.map((service) => placesOf(service, own.get(service.name)!.database)))).flat(), stores.where));
  const owner = pool({ url, max: 4, deadline: 600_000, transactionTimeout: '0', name: 'symbolon owner' });
  opened(() => owner.close());
  return adapters({ own, heads, leases, vault, where: stores.where, owner });
}

/** Where the service's subscriptions to the event store stand. */
async function placesOf({ name, subscriptions }: Service, database: Database): Promise<readonly Place[]> {
  const names = subscriptions.filter(({ from }) => 'categories' in from).map((subscription) => subscription.name);
  return (await database.query<Place>(`select subscription, position from ${name}.followers where subscription = any ($1) and position <> ''`, [names])).rows;
}

async function answering(url: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'Unavailable') throw error;
    throw new CannotStart(causeOf(error).start(whereOf(url)), { cause: error });
  }
}

/** What all pools of a process hold at most: of each service its rows, reads and writes of store and bus; the vault, the heads, the leases, the owner. */
const connectionsOf = (services: number): number => services * (ROWS + 2 * (6 + 1)) + 6 + 1 + 1 + 4;
/** Connections of a service to its own rows. */
const ROWS = 10;

/** A database that was made with the keys of another data folder is refused before anything in it (the roles' passwords) is touched. */
async function refuseOtherKeys(url: string, { keys }: Configuration, kek: Uint8Array): Promise<void> {
  const database = pool({ url, max: 1, name: 'symbolon keys' });
  try {
    const { rows } = await database.query<{ kek: boolean; others: boolean }>("select to_regclass('vault.kek_check') is not null as kek, to_regclass('vault.key_checks') is not null as others");
    if (rows[0]?.kek) await postgresVault({ database, kek, serviceKey: keys.service });
    if (rows[0]?.others) await refuseForeignKeys(database, keys);
  } finally {
    await database.close();
  }
}

async function openVault(url: string, { keys }: Configuration, kek: Uint8Array, opened: AdapterOptions['opened']): Promise<Vault> {
  const database = pool({ url: roleUrl(url, 'vault', keys.service), name: 'symbolon vault' });
  opened(() => database.close());
  const vault = await postgresVault({ database, kek, serviceKey: keys.service });
  await recogniseKeys(database, keys);
  return vault;
}

type OpenService = Readonly<{ service: Service; login: Login; stores: Opened<EventStore>; buses: Opened<Bus>; vault: Vault; opened: AdapterOptions['opened'] }>;

function openService({ service, login, stores, buses, vault, opened }: OpenService): Own {
  const database = pool({ url: login.url, max: ROWS, name: `symbolon ${service.name}` });
  const store = stores.forService(login);
  const bus = buses.forService(login);
  opened(async () => void (await Promise.allSettled([store.close(), bus.close(), database.close()])));
  return { database, store, bus, codec: codec({ files: [service.events as DescFile], vault }) };
}

async function chosen<T>(engines: Engines<T>, address: string, variable: string, opened: AdapterOptions['opened']): Promise<Opened<T>> {
  const open = engines[/^[a-z+]+:/.exec(address)?.[0] ?? ''];
  if (!open) throw new CannotStart(`${variable} names an engine that is not in this version. Use ${Object.keys(engines).join(' or ')}.`);
  const engine = await open(address);
  if (engine.close) opened(engine.close);
  return engine;
}

type Connected = Readonly<{ own: ReadonlyMap<string, Own>; heads: LogHeads; leases: Leases; vault: Vault; where: string; owner: Database }>;

function adapters({ own, heads, leases, vault, where, owner }: Connected): Adapters {
  const of = (name: string): Own => {
    const found = own.get(name);
    if (!found) throw new Error(`no service is called ${name}`);
    return found;
  };
  const publicCodecs = new Map<string, Codec>(Object.values(publicFiles).map((file) => [file.proto.package, codec({ files: [file], vault })]));
  return {
    where,
    portsOf: (service, rest) => {
      const { database, store, bus, codec } = of(service.name);
      return { ...rest, database, store, bus, codec, vault, woken: (work, milliseconds, signal) => heads.woken(work, milliseconds, signal), handler: (decider) => commandHandler(store, codec, decider) };
    },
    wiringOf: (service, owner) => {
      const { database, store, bus, codec } = of(service.name);
      return { store, bus, codec, owner, progress: postgresProgress({ database, schema: service.name, leases }), publicCodec: (topic) => known(publicCodecs, topic), handlerFor: (decider) => commandHandler(store, codec, decider) };
    },
    databaseOf: (name) => of(name).database,
    owner,
    positionOf: async (subscription) => {
      const schema = subscription.split('.')[0] ?? '';
      const { rows } = await of(schema).database.query<{ position: string }>(`select position from ${schema}.followers where subscription = $1`, [subscription]);
      return rows[0]?.position || undefined;
    },
    waitForKey: (subscription, position, key, milliseconds) => {
      const schema = subscription.split('.')[0] ?? '';
      return waitFor({ database: of(schema).database, schema, subscription, position, key, ...(milliseconds === undefined ? {} : { milliseconds }) });
    },
    isRevoked: (asked, bearer) => {
      const name = own.has(asked) ? asked : [...own.keys()][0]!;
      return isRevoked(of(name).database, name, bearer);
    },
    isFirstUse: (asked, proof) => {
      const name = own.has(asked) ? asked : [...own.keys()][0]!;
      return isFirstUse(of(name).database, name, proof);
    },
    revoked: async (key, epoch, milliseconds = 1_000) => {
      const all = async () => (await Promise.all([...own].map(([name, { database }]) => knowsOf(database, name, key, epoch)))).every(Boolean);
      for (const until = Date.now() + timeToWait(milliseconds); Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 20))) if (await all()) return true;
      return all();
    },
    hindrances: async () => {
      const [first] = own.values();
      const [store, database] = await Promise.allSettled([first?.store.head(), first?.database.query('select es.probe()')]);
      const said = [...(store.status === 'rejected' ? [hindranceOfStore(store.reason)] : []), ...(database.status === 'rejected' ? [causeOf(database.reason).now] : [])];
      return [...new Set(said)];
    },
  };
}

const hindranceOfStore = (error: unknown): string =>
  replaced(error) ?? ((error as { engine?: unknown } | undefined)?.engine === 'postgres' ? causeOf(error).now : 'the event store does not answer');

function known(codecs: ReadonlyMap<string, Codec>, topic: string): Codec {
  const found = codecs.get(topic);
  if (!found) throw new Error(`no public package is called ${topic}`);
  return found;
}
