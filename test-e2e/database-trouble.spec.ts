import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, appendFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { besideTheProduct } from './database.js';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';

type Ready = Readonly<{ status: number; hindrances: readonly string[] }>;

const ready = async ({ operations }: Product): Promise<Ready> => {
  const answer = await fetch(`${operations}/readyz`);
  const { hindrances } = (await answer.json()) as { hindrances: readonly string[] };
  return { status: answer.status, hindrances };
};

/** What it answers as soon as it fits, within fifteen seconds. */
async function until(product: Product, fits: (answer: Ready) => boolean): Promise<Ready> {
  for (const end = performance.now() + 15_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const answer = await ready(product);
    if (fits(answer) || performance.now() > end) return answer;
  }
}

/** A new authorization, which the provider keeps. */
const authorize = (product: Product): Promise<Response> =>
  fetch(`${product.issuer}/auth?${new URLSearchParams({ client_id: 'account', response_type: 'code', scope: 'openid', redirect_uri: `${product.origin}/account/callback`, code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256', state: 'of this visit' })}`, { redirect: 'manual' });

const newClient = async (product: Product, token: string, id: string): Promise<Response> =>
  fetch(`${product.origin}/api/authentication/v1/clients`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': id },
    body: JSON.stringify({ name: id, party: 'third', authenticationMethod: 'client_secret_basic', redirectUris: ['https://shop.example/callback'], postLogoutRedirectUris: [], grantTypes: ['authorization_code'], scopes: ['openid'], purposes: ['account'] }),
  });

/** Takes all the room there is. */
function fill(file: string): void {
  for (let size = 1024 * 1024; size >= 4096; ) {
    try {
      appendFileSync(file, Buffer.alloc(size));
    } catch {
      size /= 4;
    }
  }
}

async function makeReadOnly(owner: Client, on: boolean): Promise<void> {
  await owner.query('set default_transaction_read_only = off');
  await owner.query(`alter system set default_transaction_read_only = ${on ? 'on' : 'off'}`);
  await owner.query('select pg_reload_conf()');
}

describe('a database that does not take writes', () => {
  it('answers 503 with Retry-After while it is read-only, says so, and writes again within 15 s when it may', async () => {
    const product = await startProduct();
    const owner = await besideTheProduct(product);
    try {
      const token = await machineToken(product, 'clients:write');
      await makeReadOnly(owner, true);
      const away = await until(product, ({ status }) => status === 503);
      expect([away.status, away.hindrances[0]]).toEqual([503, 'the database is read-only']);
      for (const answer of [await newClient(product, token, 'while-read-only'), await authorize(product)]) {
        expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([503, true]);
      }
      expect(product.printed()).toContain('the database is read-only');
      await makeReadOnly(owner, false);
      expect(await until(product, ({ status }) => status === 200)).toEqual({ status: 200, hindrances: [] });
      expect((await newClient(product, token, 'while-read-only')).status).toBe(201);
      expect((await authorize(product)).status).toBe(303);
      expect(product.printed()).not.toContain('an event is parked');
    } finally {
      await owner.end();
      await product.stop();
    }
  }, 120_000);
});

/** Whether this process may mount a small file system: only root may, and not in every container. */
function canMount(): boolean {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return false;
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-e2e-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const mayMount = canMount();
if (!mayMount) {
  console.log('a full disk: not tried, this user may mount no small file system');
  it('a full disk is not tried here (the reason stands above)', () => expect(mayMount).toBe(false));
} else describe('a process whose disk is full', () => {
  it('is not ready meanwhile, names the disk in /readyz and in the log, and is ready again when there is room', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'symbolon-e2e-small-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400m,mode=711', 'tmpfs', dataDir]);
    let product: Product | undefined;
    try {
      chmodSync(dataDir, 0o711);
      product = await startProduct({ dataDir });
      const token = await machineToken(product, 'clients:write');
      fill(join(dataDir, 'filler'));
      const away = await until(product, ({ status }) => status === 503);
      expect([away.status, away.hindrances[0]]).toEqual([503, 'the disk of the database is full']);
      expect(product.printed()).toContain('the disk of the database is full');
      rmSync(join(dataDir, 'filler'));
      expect(await until(product, ({ status }) => status === 200)).toEqual({ status: 200, hindrances: [] });
      expect((await newClient(product, token, 'with-room-again')).status).toBe(201);
    } finally {
      await product?.stop({ keep: true });
      execFileSync('umount', [dataDir]);
      rmSync(dataDir, { recursive: true, force: true });
    }
  }, 120_000);
});
