import { afterAll, expect, it } from '@jest/globals';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, machineToken, newDataDir, startProduct } from './product.js';
import type { Ports, Product } from './product.js';

const dataDir = newDataDir();

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

type Listed = Readonly<{ id: string; name: string; redirectUris: string[] }>;

async function samples(product: Product): Promise<readonly Listed[]> {
  const answer = await fetch(`${product.origin}/api/authentication/v1/clients`, { headers: { authorization: `Bearer ${await machineToken(product, 'clients:read')}` } });
  return ((await answer.json()) as { clients: Listed[] }).clients.filter(({ name }) => name === 'Garden Club');
}

/** Starts the product in the same folder and leaves the folder; resolves with what was seen. */
async function run(ports: Ports, environment: Record<string, string> = {}): Promise<Readonly<{ found: readonly Listed[]; kept: { issuer: string; clientId: string }}>> {
  const product = await startProduct({ dataDir, ports, environment });
  try {
    return { found: await samples(product), kept: JSON.parse(readFileSync(join(dataDir, 'sample.json'), 'utf8')) as { issuer: string; clientId: string } };
  } finally {
    await product.stop({ keep: true });
  }
}

it('a new SYMBOLON_ISSUER, or another port, leaves one sample: the one that was there, at its new address', async () => {
  const ports = await freePorts();
  const first = await run(ports);
  expect(first.found).toHaveLength(1);
  const issuer = `http://127.0.0.1:${ports.port}/oidc`;
  const renamed = await run(ports, { SYMBOLON_ISSUER: issuer });
  expect([renamed.found.map(({ id }) => id), renamed.kept]).toEqual([[first.kept.clientId], expect.objectContaining({ issuer, clientId: first.kept.clientId })]);
  const { sample } = await freePorts();
  const moved = await run({ ...ports, sample }, { SYMBOLON_ISSUER: issuer });
  expect(moved.found.map(({ id, redirectUris }) => [id, redirectUris])).toEqual([[first.kept.clientId, [`http://localhost:${sample}/callback`]]]);
}, 180_000);
