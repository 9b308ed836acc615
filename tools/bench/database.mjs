import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { embeddedServer, migrate, roleUrl } from '../../libs/postgres/dist/index.js';

/** An embedded PostgreSQL with the product's own settings (durable), with the schemas of these services. */
export async function openDatabase(services) {
  const dataDir = mkdtempSync(join(tmpdir(), 'symbolon-bench-'));
  chmodSync(dataDir, 0o711);
  const server = await embeddedServer({ dataDir, settings: { max_connections: '120' } });
  const secret = randomBytes(32);
  await migrate({ url: server.url, secret, services });
  return {
    url: server.url,
    roleUrl: (role) => roleUrl(server.url, role, secret),
    async close() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
