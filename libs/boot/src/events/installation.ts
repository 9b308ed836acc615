import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Position, Subscription, WholeLog } from '@symbolon/event-sourcing';
import { embeddedServer, pool, postgresWholeLog } from '@symbolon/postgres';
import type { Database, Pool } from '@symbolon/postgres';
import type { Service } from '@symbolon/web';
import { CannotStart, explain } from '../cannot-start.js';
import { chooseDataFolder, lockDataFolder } from '../data-folder.js';
import { step } from '../progress.js';
import { parseSettings } from '../settings.js';
import type { Settings } from '../settings.js';

/** `root`: the clone. `services` loads them, for the names of their subscriptions. */
export type InstallationOptions = Readonly<{ root: string; environment: NodeJS.ProcessEnv; services(): Promise<readonly Service[]> }>;

/** Where a subscription to the event store stands, and whose it is. */
export type KeptPlace = Readonly<{ service: string; subscription: Subscription; position: Position }>;

/** An installation that stands still: its database as the owner, and nobody else at work. */
export type Installation = Readonly<{ settings: Settings; database: Database; services: readonly Service[]; places(): Promise<readonly KeptPlace[]>; log(address: string): Promise<WholeLog> }>;

/** Opens the installation's database while its services are stopped, and closes it when `work` has ended. Throws `CannotStart` when something runs. */
export async function whileStopped<T>({ root, environment, services }: InstallationOptions, work: (installation: Installation) => Promise<T>): Promise<T> {
  const settings = parseSettings(environment);
  const dataDir = chooseDataFolder(root, settings.dataDir);
  if (!existsSync(join(dataDir, 'keys'))) throw new CannotStart(`There is no installation in ${dataDir}. Start Symbolon once with npm start, or set SYMBOLON_DATA_DIR to its data folder.`);
  const lock = await lockDataFolder(dataDir);
  let end = async (): Promise<void> => undefined;
  try {
    const url = settings.databaseUrl ?? (await step('Starting PostgreSQL', async () => {
      const server = await embeddedServer({ dataDir });
      end = () => server.stop();
      return server.url;
    }));
    const database = pool({ url, max: 2, deadline: 600_000, transactionTimeout: '0', name: 'symbolon events' });
    try {
      return await work(await opened(settings, database, await services()));
    } finally {
      await database.close();
    }
  } catch (error) {
    throw explain(error, dataDir);
  } finally {
    await end();
    await lock.release();
  }
}

async function opened(settings: Settings, database: Pool, services: readonly Service[]): Promise<Installation> {
  const { rows } = await database.query<{ there: boolean; new: boolean }>("select to_regclass('es.events') is not null as there, to_regclass('es.processes') is not null as new");
  if (!rows[0]?.there) throw new CannotStart('The database holds no installation yet. Start Symbolon once with npm start.');
  if (!rows[0].new) throw new CannotStart('The database was last used by an older Symbolon. Start this one once with npm start, and stop it again.');
  for (const { name } of services) await refuseRunning(database, name);
  return {
    settings,
    database,
    services,
    places: async () => (await Promise.all(services.map((service) => placesOf(database, service)))).flat(),
    log: async (address) => (address === 'postgres:' ? postgresWholeLog(database) : (await import('@symbolon/eventstoredb')).eventStoreDBWholeLog(address)),
  };
}

/** A lease that was left by a crash runs out within seconds. */
async function refuseRunning(database: Database, service: string): Promise<void> {
  const { rows } = await database.query<{ subscription: string }>(`select subscription from "${service}".followers where es.held_until(owner, leased_until) > clock_timestamp() + '-1 s' limit 1`);
  if (rows[0]) throw new CannotStart(`Symbolon is running on this database (${rows[0].subscription} is led). Stop every process of it, wait five seconds, and run this command again.`);
}

async function placesOf(database: Database, { name, subscriptions }: Service): Promise<KeptPlace[]> {
  const own = subscriptions.filter(({ from }) => 'categories' in from);
  const { rows } = await database.query<{ subscription: string; position: Position }>(`select subscription, position from "${name}".followers where position <> ''`);
  return own.flatMap((subscription) => rows.filter((row) => row.subscription === subscription.name).map(({ position }) => ({ service: name, subscription, position })));
}
