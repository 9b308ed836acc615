import { embeddedServer } from '@symbolon/postgres';
import type { EmbeddedServer } from '@symbolon/postgres';
import type { Log } from '@symbolon/web';
import { step } from './progress.js';

/** All services of one process share the server, each with pools of its own. */
const settings = { max_connections: '120' };

/**
 * Starts the embedded PostgreSQL and starts it again when it ends by itself (killed, out of memory): connections are opened anew when needed.
 * When it cannot be started again the process drains, for nothing can be served without it. Answers the owner's address.
 */
export async function keepDatabase(dataDir: string, log: Log, opened: (close: () => Promise<void>) => void): Promise<string> {
  let server: EmbeddedServer = await step('Starting PostgreSQL', () => embeddedServer({ dataDir, settings }));
  const { url } = server;
  let stopping = false;
  let restarting: Promise<void> = Promise.resolve();

  const restart = async (): Promise<void> => {
    if (stopping) return;
    log.error({ pid: server.pid }, 'PostgreSQL ended by itself and is started again');
    server = await embeddedServer({ dataDir, settings });
    if (server.url !== url) throw new Error('PostgreSQL came back at another address');
    watch();
  };
  const watch = (): void => {
    void server.exited.then(() => {
      restarting = restart().catch((error: unknown) => {
        log.error({ error }, 'PostgreSQL could not be started again: stopping');
        process.kill(process.pid, 'SIGTERM');
      });
    });
  };
  watch();
  opened(async () => {
    stopping = true;
    await restarting;
    await server.stop();
  });
  return url;
}
