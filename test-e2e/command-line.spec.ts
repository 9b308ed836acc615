// `symbolon …` as an operator types it, against a running product.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { signIn } from './people.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { newClient, post, Visitor } from './relying-party.js';
import { mails, somebody } from './visits.js';

const program = fileURLToPath(new URL('../libs/cli/bin/symbolon.mjs', import.meta.url));
type Said = Readonly<{ status: number | null; out: string; error: string }>;

let product: Product;

beforeAll(async () => {
  product = await startProduct();
}, 60_000);

afterAll(() => product.stop());

function symbolon(...args: string[]): Promise<Said> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, NODE_OPTIONS: '', SYMBOLON_DATA_DIR: product.dataDir }, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { out: '', error: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.error += chunk.toString()));
    child.once('close', (status) => resolve({ status, ...said }));
  });
}

const value = (text: string, name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? '';

describe('symbolon client', () => {
  it('registers the address that usual libraries send at sign-out, and prints it', async () => {
    const made = await symbolon('client', 'create', '--name', 'Shop', '--redirect-uri', 'http://localhost:4700/callback');
    expect([made.status, value(made.out, 'OIDC_POST_LOGOUT_REDIRECT_URI')]).toEqual([0, 'http://localhost:4700']);
    const id = value(made.out, 'OIDC_CLIENT_ID');
    expect((await symbolon('client', 'show', id)).out).toMatch(/^sign-out addresses +http:\/\/localhost:4700 http:\/\/localhost:4700\/$/m);
    const signOut = async (address: string) => (await new Visitor(product).go(`${product.issuer}/session/end?client_id=${id}&post_logout_redirect_uri=${encodeURIComponent(address)}`)).status;
    expect(await Promise.all(['http://localhost:4700', 'http://localhost:4700/', 'http://localhost:4700/other'].map(signOut))).toEqual([200, 200, 400]);
  }, 30_000);

  it('changes what hangs together, shows before and after, and disables and enables', async () => {
    const id = value((await symbolon('client', 'create', '--name', 'Shop', '--public', '--redirect-uri', 'http://localhost:4701/callback')).out, 'OIDC_CLIENT_ID');
    const changed = await symbolon('client', 'change', id, '--redirect-uri', 'https://shop.example/cb', '--confidential', '--first-party', '--no-claims-in-id-token');
    expect(changed.status).toBe(0);
    for (const line of [/^party +third {2}→ {2}first$/m, /^authentication +none {2}→ {2}client_secret$/m, /^sign-out addresses .*→ {2}https:\/\/shop.example https:\/\/shop.example\/$/m, /^claims in the ID token +yes {2}→ {2}no$/m]) expect(changed.out).toMatch(line);
    expect(value(changed.out, 'OIDC_CLIENT_SECRET')).toMatch(/^[\w-]{43}$/);
    expect((await symbolon('client', 'disable', id)).status).toBe(0);
    expect((await symbolon('client', 'show', id)).out).toMatch(/^disabled +yes$/m);
    expect((await symbolon('client', 'enable', id)).status).toBe(0);
    expect((await symbolon('client', 'show', id)).out).toMatch(/^disabled +no$/m);
  }, 30_000);

  it('registers a machine that signs with its own key, from a file of public keys', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const file = join(product.dataDir, 'keys.json');
    writeFileSync(file, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'one' }] }));
    const made = await symbolon('client', 'create', '--name', 'Signer', '--machine', '--private-key', '--jwks', file, '--scope', 'accounts:read');
    const id = value(made.out, 'OIDC_CLIENT_ID');
    expect([made.status, value(made.out, 'OIDC_CLIENT_SECRET')]).toEqual([0, '']);
    const assertion = await new SignJWT({ jti: 'one' }).setProtectedHeader({ alg: 'ES256', kid: 'one' }).setIssuer(id).setSubject(id).setAudience(product.issuer).setIssuedAt().setExpirationTime('60 s').sign(privateKey);
    expect((await post(product, 'token', { grant_type: 'client_credentials', scope: 'accounts:read', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: assertion })).status).toBe(200);
    writeFileSync(file, JSON.stringify({ keys: [await exportJWK(privateKey)] }));
    expect(await symbolon('client', 'change', id, '--jwks', file)).toMatchObject({ status: 1, error: expect.stringContaining('public keys only') });
  }, 30_000);

  it('refuses a purpose that nobody published, with those that exist', async () => {
    const { status, error } = await symbolon('client', 'create', '--name', 'Shop', '--redirect-uri', 'https://shop.example/cb', '--purpose', 'marketting');
    expect([status, error]).toEqual([1, expect.stringMatching(/no purpose marketting.*account, profile/)]);
  }, 30_000);
});

describe('symbolon account', () => {
  it('creates, finds, shows, blocks, unblocks, ends, recovers and lists', async () => {
    const { email, firstName, lastName } = somebody();
    const made = await symbolon('account', 'create', '--email', email, '--first-name', firstName, '--last-name', lastName, '--new-password');
    const [id = '', password = ''] = made.out.trim().split('\n');
    expect([made.status, id, password]).toEqual([0, expect.stringMatching(/^[\da-f-]{36}$/), expect.stringMatching(/^(\w{5}-){4}\w{5}$/)]);
    const client = await newClient(product, { party: 'first', purposes: ['account'] });
    expect((await signIn(product, new Visitor(product), client, { email, password })).sentTo?.get('code')).toBeTruthy();
    expect((await symbolon('account', 'find', email.toUpperCase())).out).toContain(id);
    expect((await symbolon('account', 'block', email)).out).toContain('is blocked; it is in force now');
    expect((await symbolon('account', 'show', id)).out).toMatch(/^state +blocked$/m);
    expect((await symbolon('account', 'list', '--state', 'blocked')).out).toContain(email);
    expect((await symbolon('account', 'recover', id))).toMatchObject({ status: 1, error: expect.stringContaining('Unblock it first') });
    expect((await symbolon('account', 'unblock', id)).status).toBe(0);
    expect((await symbolon('account', 'end-sessions', id)).status).toBe(0);
    expect((await symbolon('account', 'recover', id)).status).toBe(0);
    expect((await mails(product, email)).length).toBeGreaterThan(0);
    expect((await symbolon('account', 'give-role', id, 'support')).status).toBe(0);
    expect((await symbolon('account', 'show', id)).out).toMatch(/^roles +support$/m);
    expect((await symbolon('account', 'take-role', id, 'support')).status).toBe(0);
    expect(await symbolon('account', 'find', 'nobody@example.com')).toMatchObject({ status: 1, error: expect.stringContaining('Check how it is written') });
  }, 60_000);
});

it('symbolon --version says the version and, in a clone, the commit', async () => {
  expect((await symbolon('--version')).out).toMatch(/^\d+\.\d+\.\d+( \([\da-f]{12}\))?\n$/);
});

it('symbolon seed makes a hundred people and three applications, shows how far it is, and makes nothing twice', async () => {
  const first = await symbolon('seed');
  expect([first.status, first.out]).toEqual([0, expect.stringContaining('100 people are new, 0 were there; 3 applications are new, 0 were there.')]);
  expect(first.error).toContain('50 of 100 people');
  const password = /with the password (\S+)$/m.exec(first.out)?.[1] ?? '';
  const client = await newClient(product, { party: 'first', purposes: ['account'] });
  expect((await signIn(product, new Visitor(product), client, { email: 'pebble.teapot@people.example', password })).sentTo?.get('code')).toBeTruthy();
  expect((await symbolon('seed')).out).toContain('0 people are new, 100 were there; 0 applications are new, 3 were there.');
}, 180_000);
