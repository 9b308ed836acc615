// The API of accounts: what it does, and what it answers to every kind of credential.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from './html.js';
import { apiTakes, asOperator, mailed, passwordAndCode, signIn, subjectOf, tokensOf } from './people.js';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { codeOf, exchange, newClient, refresh, register, request, userinfo, Visitor } from './relying-party.js';
import type { Client, Json } from './relying-party.js';
import { mails, somebody } from './visits.js';

const ROLES = ['support', 'privacy', 'auditor', 'admin'] as const;
const WHO = ['nobody', 'customer', ...ROLES, 'machine', 'reading machine'] as const;
type Who = (typeof WHO)[number];

let product: Product;
let client: Client;
let ann: { id: string; email: string; password: string; visitor: Visitor };
const tokens = new Map<Who, string | undefined>();
const staff = new Map<Who, string>();

/** Nobody gives more than they hold, and an administrator holds all of it. */
const EVERY_SCOPE = 'profiles:read profiles:write consent:read consent:write accounts:read accounts:write clients:read clients:write purposes:write operations:write';
const UNKNOWN = '5b6f0c1e-0000-4000-8000-00000000dead';
const over = () => ({ scope: 'openid email accounts:read accounts:write profiles:read', resource: `${product.origin}/api` });
const tokenOf = async (visitor: Visitor) => String((await tokensOf(product, visitor, client, over(), { resource: `${product.origin}/api` }))['access_token']);

async function someone(): Promise<{ id: string; email: string; password: string; visitor: Visitor }> {
  const { visitor, account } = await register(product, client);
  return { id: subjectOf(await tokensOf(product, visitor, client)), email: account.email, password: account.password, visitor };
}

beforeAll(async () => {
  product = await startProduct();
  client = await newClient(product, { party: 'first', staff: true, purposes: ['account'], scopes: ['openid', 'email', 'profile', 'profiles:read', 'accounts:read', 'accounts:write'] });
  ann = await someone();
  for (const role of ROLES) {
    const { id, visitor } = await someone();
    const given = await asOperator(product, 'PUT', `${id}/roles/${role}`, undefined, await machineToken(product, EVERY_SCOPE));
    if (given.status !== 200) throw new Error(`no role: ${given.status} ${JSON.stringify(given.body)}`);
    staff.set(role, id);
    tokens.set(role, await tokenOf(visitor));
  }
  tokens.set('customer', await tokenOf(ann.visitor));
  tokens.set('machine', await machineToken(product, 'accounts:read accounts:write'));
  tokens.set('reading machine', await machineToken(product, 'accounts:read'));
}, 120_000);

afterAll(() => product.stop());

async function ask(who: Who, method: string, path: string, body?: object) {
  if (who !== 'nobody') return asOperator(product, method, path, body, tokens.get(who));
  const answer = await fetch(`${product.origin}/api/authentication/v1/accounts${path === '' || path.startsWith('?') ? path : `/${path}`}`, { method, headers: body ? { 'content-type': 'application/json' } : {}, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: answer.status, body: (await answer.json()) as Json, headers: answer.headers };
}

/** By route, what each credential is answered: nobody, customer, support, privacy, auditor, admin, machine, a machine that may read. 403: the token has no scope for it, whoever is asked about. */
const table: readonly (readonly [name: string, method: string, path: (id: string) => string, body: (() => object) | undefined, ...statuses: number[]])[] = [
  ['list', 'GET', () => '?limit=2', undefined, 401, 403, 200, 200, 200, 200, 200, 200],
  ['find', 'POST', () => 'find', () => ({ email: ann.email }), 401, 403, 200, 200, 404, 200, 200, 200],
  ['one', 'GET', (id) => id, undefined, 401, 403, 200, 200, 200, 200, 200, 200],
  ['create', 'POST', () => '', () => ({ email: `made${Math.random()}@example.com`, firstName: 'Mo', lastName: 'Made', password: 'seven tall ships of Hoorn' }), 401, 403, 403, 403, 403, 201, 201, 403],
  ['block', 'POST', (id) => `${id}/block`, () => ({ reason: 'a test' }), 401, 403, 403, 403, 403, 200, 200, 403],
  ['unblock', 'POST', (id) => `${id}/unblock`, () => ({}), 401, 403, 403, 403, 403, 200, 200, 403],
  ['end sessions', 'POST', (id) => `${id}/sessions/end`, () => ({}), 401, 403, 403, 403, 403, 200, 200, 403],
  ['recovery', 'POST', (id) => `${id}/recovery`, () => ({}), 401, 403, 403, 403, 403, 200, 200, 403],
  ['assign role', 'PUT', (id) => `${id}/roles/support`, undefined, 401, 403, 403, 403, 403, 200, 403, 403],
  ['remove role', 'DELETE', (id) => `${id}/roles/support`, undefined, 401, 403, 403, 403, 403, 200, 403, 403],
];

describe('every route', () => {
  it.each(table)('abuse 97: %s is open to whom it is for, and to nobody else', async (_name, method, path, body, ...statuses) => {
    const bob = await someone();
    const seen: Record<string, number> = {};
    for (const who of WHO) seen[who] = (await ask(who, method, path(bob.id), body?.())).status;
    expect(seen).toEqual(Object.fromEntries(WHO.map((who, index) => [who, statuses[index]])));
  }, 60_000);

  it('abuse 97: a customer is told the same of an account that is there, their own and one that is not', async () => {
    const answers = await Promise.all([ann.id, staff.get('admin')!, UNKNOWN].map((id) => ask('customer', 'GET', id)));
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body['type'], body['detail']]))).size).toBe(1);
  });

  it('an account that is not there is not found, by any route', async () => {
    for (const [name, method, path, body] of table.filter(([name]) => !['list', 'find', 'create'].includes(name))) expect([name, (await ask('admin', method, path(UNKNOWN), body?.())).status]).toEqual([name, 404]);
    expect((await ask('admin', 'POST', 'find', { email: 'nobody@example.com' })).body).toMatchObject({ status: 404, type: 'authentication/unknown_account' });
  });
});

describe('accounts', () => {
  it('are listed page by page, each once, in the order in which they registered', async () => {
    const all: Json[] = [];
    let cursor: unknown = '';
    for (let pages = 0; cursor !== null && pages < 50; pages += 1) {
      const { body } = await ask('admin', 'GET', `?limit=3${cursor === '' ? '' : `&cursor=${String(cursor)}`}`);
      all.push(...(body['accounts'] as Json[]));
      cursor = body['next'];
    }
    const times = all.map((one) => String(one['registeredAt']));
    expect(times).toEqual([...times].sort());
    expect(new Set(all.map((one) => one['id'])).size).toBe(all.length);
    expect(all.map((one) => one['id'])).toEqual(expect.arrayContaining([ann.id, ...staff.values()]));
  });

  it('are found by their address in any case, which is in no address line', async () => {
    expect((await ask('support', 'POST', 'find', { email: ` ${ann.email.toUpperCase()}` })).body).toMatchObject({ id: ann.id, email: ann.email, firstName: 'Ada', state: 'active' });
    expect((await ask('support', 'GET', `?email=${encodeURIComponent(ann.email)}`)).status).toBe(400);
  });

  it('show an auditor their state, and not whose they are', async () => {
    const { body } = await ask('auditor', 'GET', ann.id);
    expect(body).toMatchObject({ id: ann.id, state: 'active', roles: [], epoch: expect.any(Number), sessions: [{ clients: [client.id] }] });
    for (const hidden of ['email', 'firstName', 'lastName']) expect(body).not.toHaveProperty(hidden);
    expect((await ask('auditor', 'GET', '')).body).toMatchObject({ accounts: expect.not.arrayContaining([expect.objectContaining({ email: expect.anything() })]) });
  });
});

describe('a blocked account', () => {
  it('abuse 27, 54: has nothing left once the answer is there, and unblocking brings nothing of it back', async () => {
    const bob = await someone();
    const held = await tokensOf(product, bob.visitor, client);
    const jwt = await tokenOf(bob.visitor);
    const recovery = await ask('admin', 'POST', `${bob.id}/recovery`, {});
    const link = /https?:\/\/\S+\/recover\/\S+/.exec((await mailed(product, bob.email, 2))[0]!.text)?.[0];
    expect([recovery.status, link]).toEqual([200, expect.any(String)]);
    const { code, verifier } = await codeOf(bob.visitor, client);
    expect(await ask('admin', 'POST', `${bob.id}/block`, { reason: 'a test' })).toMatchObject({ status: 200, body: { changed: true, inForce: true } });
    const nothing = async () => {
      expect(await apiTakes(product, jwt)).toBe(false);
      expect((await userinfo(product, held['access_token'])).status).toBe(401);
      expect((await refresh(product, client, held['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
      expect((await bob.visitor.authorize(request(client, { prompt: 'none' }).params)).sentTo?.get('error')).toBe('login_required');
      expect((await bob.visitor.go(link!)).status).toBe(410);
    };
    expect((await exchange(product, client, code, verifier)).body).toMatchObject({ error: 'invalid_grant' });
    await nothing();
    const page = await bob.visitor.authorize(request(client).params);
    expect((await bob.visitor.press(page, 'Sign in', { login: bob.email, password: bob.password })).html).toContain('name="password"');
    expect((await ask('support', 'GET', bob.id)).body).toMatchObject({ state: 'blocked', sessions: [] });
    expect((await ask('support', 'GET', '?state=blocked')).body).toMatchObject({ accounts: expect.arrayContaining([expect.objectContaining({ id: bob.id })]) });
    expect(await ask('admin', 'POST', `${bob.id}/block`, { reason: 'again' })).toMatchObject({ status: 200, body: { changed: false, inForce: true } });
    expect(await ask('admin', 'POST', `${bob.id}/recovery`, {})).toMatchObject({ status: 409, body: { type: 'authentication/account_blocked' } });
    expect(await ask('admin', 'POST', `${bob.id}/unblock`, {})).toMatchObject({ status: 200, body: { inForce: true } });
    await nothing();
    expect((await signIn(product, new Visitor(product), client, bob)).sentTo?.get('code')).toBeTruthy();
  }, 60_000);

  it('is not the administrator’s own', async () => {
    expect(await ask('admin', 'POST', `${staff.get('admin')!}/block`, { reason: 'a slip' })).toMatchObject({ status: 409, body: { type: 'authentication/own_account' } });
    expect(await ask('admin', 'DELETE', `${staff.get('admin')!}/roles/admin`)).toMatchObject({ status: 409, body: { type: 'authentication/own_account' } });
  });
});

describe('sessions ended by staff', () => {
  it('abuse 27: take every token with them, and the password stays', async () => {
    const bob = await someone();
    const jwt = await tokenOf(bob.visitor);
    expect(await ask('machine', 'POST', `${bob.id}/sessions/end`, {})).toMatchObject({ status: 200, body: { inForce: true } });
    expect(await apiTakes(product, jwt)).toBe(false);
    const page = await bob.visitor.authorize(request(client).params);
    expect(page.html).toContain('name="password"');
    expect((await passwordAndCode(product, bob.visitor, page, bob)).sentTo?.get('code')).toBeTruthy();
  }, 30_000);
});

describe('a role that is taken away', () => {
  it('abuse 98: opens nothing any more, also with a token that was made before', async () => {
    const bob = await someone();
    expect((await ask('admin', 'PUT', `${bob.id}/roles/support`)).status).toBe(200);
    const token = await tokenOf(bob.visitor);
    expect((await asOperator(product, 'GET', ann.id, undefined, token)).status).toBe(200);
    expect(await ask('admin', 'DELETE', `${bob.id}/roles/support`)).toMatchObject({ status: 200, body: { changed: true, inForce: true } });
    expect((await asOperator(product, 'GET', ann.id, undefined, token)).status).toBe(401);
    expect(await ask('admin', 'DELETE', `${bob.id}/roles/support`)).toMatchObject({ status: 200, body: { changed: false } });
  }, 30_000);

  it('abuse 98: a machine gives no role whose scopes it lacks', async () => {
    expect(await ask('machine', 'PUT', `${ann.id}/roles/admin`)).toMatchObject({ status: 403, body: { type: 'authentication/more_than_held' } });
  });
});

describe('an account that staff creates', () => {
  it('with a password can sign in, and nothing was mailed', async () => {
    const { email, password, firstName, lastName } = somebody();
    const { status, body } = await ask('admin', 'POST', '', { email, password, firstName, lastName });
    expect([status, body]).toEqual([201, expect.objectContaining({ id: expect.any(String), mailed: false })]);
    expect(await mails(product, email)).toEqual([]);
    expect((await signIn(product, new Visitor(product), client, { email, password })).sentTo?.get('code')).toBeTruthy();
    expect(await ask('admin', 'POST', '', { email: email.toUpperCase(), password, firstName, lastName })).toMatchObject({ status: 409, body: { type: 'authentication/account_exists' } });
  }, 30_000);

  it('without one gets a link to choose it', async () => {
    const { email, password, firstName, lastName } = somebody();
    expect(await ask('machine', 'POST', '', { email, firstName, lastName })).toMatchObject({ status: 201, body: { mailed: true } });
    const { text } = (await mailed(product, email, 1))[0]!;
    const visitor = new Visitor(product);
    const form = await visitor.go(/https?:\/\/\S+\/recover\/\S+/.exec(text)![0]);
    expect(parse((await visitor.press(form, 'Set password', { password })).html).text).toContain('Your new password is set');
    expect((await signIn(product, visitor, client, { email, password })).sentTo?.get('code')).toBeTruthy();
  }, 30_000);

  it('is refused with each field that is wrong, and its password is held to the rules', async () => {
    expect(await ask('admin', 'POST', '', { email: 'a@b@c', firstName: 'x', lastName: 'y' })).toMatchObject({ status: 400, body: { errors: [{ field: 'email' }] } });
    expect(await ask('admin', 'POST', '', { email: somebody().email, firstName: ' ', lastName: 'y' })).toMatchObject({ status: 422, body: { errors: [{ field: 'firstName' }] } });
    expect(await ask('admin', 'POST', '', { email: somebody().email, firstName: 'x', lastName: 'y', password: 'password12345678' })).toMatchObject({ status: 422, body: { errors: [{ field: 'password' }] } });
  });

  it('is made once under one Idempotency-Key, and the key is not taken for another', async () => {
    const { email, password, firstName, lastName } = somebody();
    const send = (body: object) => fetch(`${product.origin}/api/authentication/v1/accounts`, { method: 'POST', headers: { authorization: `Bearer ${tokens.get('machine')}`, 'content-type': 'application/json', 'idempotency-key': 'once-1' }, body: JSON.stringify(body) });
    const made = await Promise.all([1, 2].map(() => send({ email, password, firstName, lastName })));
    const ids = await Promise.all(made.map(async (answer) => ((await answer.json()) as Json)['id']));
    expect([made.map(({ status }) => status), ids[0]]).toEqual([[201, 201], ids[1]]);
    const other = somebody().email;
    expect((await send({ email: other, password, firstName, lastName })).status).toBe(422);
    expect((await ask('admin', 'POST', 'find', { email: other })).status).toBe(404);
  }, 30_000);

  it('recovery is counted as on its page: staff fills no inbox', async () => {
    const { email, firstName, lastName, password } = somebody();
    const id = String((await ask('admin', 'POST', '', { email, firstName, lastName, password })).body['id']);
    const statuses: number[] = [];
    for (let time = 0; time < 4; time += 1) statuses.push((await ask('admin', 'POST', `${id}/recovery`, {})).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect(await mailed(product, email, 3)).toHaveLength(3);
  }, 30_000);
});

