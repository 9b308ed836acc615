import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KEY_BYTES, newKey } from './aead.js';
import { VaultRefused } from './vault.js';

/** The keys of an installation. `cookie` signs browser cookies: the first one signs, all verify. */
export type Keys = Readonly<{ kek: Uint8Array; pepper: Uint8Array; service: Uint8Array; cookie: readonly string[] }>;

const NAMES = ['kek', 'pepper', 'service', 'cookie'] as const;

/**
 * Reads `<dataDir>/keys/{kek,pepper,service,cookie}`. Makes them (mode 0600) only when `fresh` says that the data folder is brand-new
 * and there are none; a key that is missing or malformed otherwise is a `VaultRefused`, for a new one could open nothing.
 */
export async function loadKeys(dataDir: string, { fresh }: Readonly<{ fresh: boolean }>): Promise<Keys> {
  const folder = join(dataDir, 'keys');
  if (fresh) await makeKeys(folder);
  const read = async (name: string) => parseKeys(await keyText(join(folder, name)), join(folder, name));
  // One after the other, so that of several that are missing the same one is named each time.
  const keys: (readonly string[])[] = [];
  for (const name of NAMES) keys.push(await read(name));
  const [kek, pepper, service, cookie] = keys;
  const only = (keys: readonly string[] | undefined) => Buffer.from(keys?.[0] ?? '', 'base64url');
  return { kek: only(kek), pepper: only(pepper), service: only(service), cookie: cookie ?? [] };
}

/** A key from a file or the environment: 32 bytes in base64url. */
export function parseKey(text: string, source: string): Uint8Array {
  return Buffer.from(parseKeys(text, source)[0] ?? '', 'base64url');
}

function parseKeys(text: string, source: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '');
  if (keys.length > 0 && keys.every(isKey)) return keys;
  throw new VaultRefused(`${source} does not hold a key (${KEY_BYTES} bytes in base64url). Restore it from its backup; keys are never made anew for data that exist.`);
}

const isKey = (line: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(line) && Buffer.from(line, 'base64url').length === KEY_BYTES;

async function keyText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new VaultRefused(`${path} is missing, and without it the personal data of this data folder cannot be read. Restore it from its backup; keys are never made anew for data that exist.`);
  }
}

/** All of them or none: they are written beside and renamed, so that a crash leaves no half of a set. */
async function makeKeys(folder: string): Promise<void> {
  const beside = `${folder}.${randomUUID()}`;
  await mkdir(beside, { recursive: true, mode: 0o700 });
  try {
    for (const name of NAMES) await writeKey(join(beside, name));
    await chmod(beside, 0o700);
    await rename(beside, folder);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    if (!isTaken(error)) throw error;
  }
}

async function writeKey(path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(`${Buffer.from(newKey()).toString('base64url')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

const code = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined);
const isMissing = (error: unknown): boolean => code(error) === 'ENOENT';
const isTaken = (error: unknown): boolean => ['ENOTEMPTY', 'EEXIST'].includes(String(code(error)));
