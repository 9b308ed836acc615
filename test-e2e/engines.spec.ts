import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { startProduct } from './product.js';

const list = join(tmpdir(), `symbolon-loaded-${process.pid}`);

afterAll(() => rmSync(list, { force: true }));

it('a process loads the client of an engine only when an address names that engine', async () => {
  const product = await startProduct({ environment: { NODE_OPTIONS: `--import ${new URL('loaded-modules.mjs', import.meta.url).href}`, SYMBOLON_TEST_LOADED: list } });
  await fetch(`${product.operations}/metrics`);
  await product.stop();
  const loaded = readFileSync(list, 'utf8').split('\n');
  const has = (name: string) => loaded.some((url) => url.includes(`/node_modules/${name}/`));
  expect([has('pg'), has('fastify'), has('oidc-provider')]).toEqual([true, true, true]); // both kinds of modules are seen
  expect(has('@eventstore/db-client')).toBe(product.eventStoreUrl !== undefined);
}, 90_000);
