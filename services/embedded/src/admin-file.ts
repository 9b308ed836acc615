import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Running } from '@symbolon/boot';

/** `<data>/admin.json`: what machines and the command line need to know of this installation. */
export type AdminFile = Readonly<{
  issuer: string;
  email?: string;
  password?: string;
  client_id?: string;
  client_secret?: string;
  addresses: Readonly<Record<string, string>>;
}>;

/** Written beside and renamed, so that nobody ever reads half of it; readable for its owner alone. */
export function writePrivately(path: string, content: object): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Reads a file that `writePrivately` wrote; undefined when there is none. */
export const readPrivately = <T>(path: string): T | undefined => (existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined);

const origin = (bind: string, port: number) => `http://${bind === '0.0.0.0' || bind === '::' || bind === '127.0.0.1' ? 'localhost' : bind.includes(':') ? `[${bind}]` : bind}:${port}`;

/** Facts of the seeds and addresses of every port. What an operator changed in the file (a rotated secret) stays. */
export function writeAdminFile({ configuration, settings, dataDir, facts }: Running): AdminFile {
  const path = join(dataDir, 'admin.json');
  const operations = origin(configuration.bind, configuration.operationsPort);
  const addresses = {
    product: configuration.origin,
    internal: configuration.internalOrigin,
    account: `${configuration.origin}/account`,
    mail: `${configuration.origin}/mail`,
    api: configuration.apiAudience,
    health: `${operations}/healthz`,
    ready: `${operations}/readyz`,
    metrics: `${operations}/metrics`,
    sample: origin('localhost', settings.samplePort),
  };
  const content: AdminFile = { ...facts['authentication'], ...readPrivately<AdminFile>(path), issuer: configuration.issuer, addresses };
  writePrivately(path, content);
  return content;
}
