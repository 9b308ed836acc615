// What the README says about tokens for APIs, as it stands there.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { codeOf, exchange, newClient, register } from './relying-party.js';
import type { Client, Visitor } from './relying-party.js';

const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
const program = fileURLToPath(new URL('../libs/cli/bin/symbolon.mjs', import.meta.url));
const RESOURCE = 'https://api.example';

let product: Product;
let client: Client;
let visitor: Visitor;

beforeAll(async () => {
  product = await startProduct();
  client = await newClient(product, { party: 'first', resources: [RESOURCE] });
  ({ visitor } = await register(product, client));
}, 60_000);

afterAll(() => product.stop());

describe('the README', () => {
  it.each([
    ['in both requests gives a JWT for the resource', { resource: RESOURCE }, { resource: RESOURCE }, 'JWT'],
    ['at /auth alone gives an opaque token', { resource: RESOURCE }, {}, 'opaque'],
    ['at the token endpoint alone is refused', {}, { resource: RESOURCE }, 'invalid_target'],
  ])('is right: resource %s', async (_name, atAuth, atToken, expected) => {
    const { code, verifier } = await codeOf(visitor, client, { scope: 'openid email', ...atAuth });
    const { body } = await exchange(product, client, code, verifier, atToken);
    const token = String(body['access_token'] ?? '');
    const kind = token.split('.').length === 3 && decodeJwt(token).aud === RESOURCE ? 'JWT' : token === '' ? body['error'] : 'opaque';
    expect(kind).toBe(expected);
  });

  if (spawnSync('curl', ['--version']).status === 0) {
    it('lets a machine list accounts by the lines that it prints', () => {
      const lines = /^npx symbolon client create --name Nightly[^]*?(?=^```)/m.exec(readme)?.[0] ?? '';
      expect(lines.trim().split('\n')).toHaveLength(3);
      const folder = mkdtempSync(join(tmpdir(), 'symbolon-readme-'));
      const { stdout } = spawnSync('bash', ['-euc', lines.replace('npx symbolon', `"${process.execPath}" "${program}"`)], { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', SYMBOLON_DATA_DIR: product.dataDir } });
      rmSync(folder, { recursive: true });
      expect(JSON.parse(stdout)).toMatchObject({ accounts: [{ state: 'active', email: expect.any(String) }, { state: 'active' }], next: null });
    }, 30_000);
  } else {
    it('has lines for curl, which this machine does not have', () => expect(readme).toContain('curl -s -u'));
  }
});
