// The EventStoreDB that the suite runs on: the one that SYMBOLON_TEST_EVENTSTOREDB names, else a container, else none.
import { spawnSync } from 'node:child_process';

const IMAGE = 'eventstore/eventstore:24.6.0-bookworm-slim';
const PORT = 2113;
const SOON = 5_000; // no daemon answers quickly or not at all
const PULL = 120_000;

const docker = (timeout, ...args) => spawnSync('docker', args, { stdio: 'ignore', timeout }).status === 0;

/** `url` and `where`, or `missing`: why there is none. `close` ends what was started for it. */
export async function eventStoreDB() {
  const close = async () => undefined;
  const url = process.env.SYMBOLON_TEST_EVENTSTOREDB;
  if (url) return { url, where: 'at SYMBOLON_TEST_EVENTSTOREDB', close };
  const missing = 'SYMBOLON_TEST_EVENTSTOREDB names no server (docs/eventstoredb.md says how to start one), and';
  if (!docker(SOON, 'info')) return { missing: `${missing} no Docker answers`, close };
  if (!docker(SOON, 'image', 'inspect', IMAGE) && !docker(PULL, 'pull', '--quiet', IMAGE)) return { missing: `${missing} Docker cannot get ${IMAGE}`, close };
  try {
    return await container();
  } catch (error) {
    return { missing: `${missing} the container does not start: ${error.message.split('\n')[0]}`, close };
  }
}

/** The library is loaded where there is a Docker to speak to, and nowhere else. */
async function container() {
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true'; // it would be one more image to get; the container goes when we stop it
  const { GenericContainer, Wait } = await import('testcontainers');
  const started = await new GenericContainer(IMAGE)
    .withEnvironment({ EVENTSTORE_INSECURE: 'true', EVENTSTORE_MEM_DB: 'true', EVENTSTORE_RUN_PROJECTIONS: 'None', EVENTSTORE_TELEMETRY_OPTOUT: 'true' })
    .withExposedPorts(PORT)
    .withWaitStrategy(Wait.forHttp('/health/live', PORT).forStatusCode(204))
    .withStartupTimeout(60_000)
    .start();
  return { url: `esdb://${started.getHost()}:${started.getMappedPort(PORT)}?tls=false`, where: `in a container of ${IMAGE}`, close: () => started.stop() };
}
