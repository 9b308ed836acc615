// Whoever was put out stays out: what rested on a proof is worth nothing when the proof is (ABUSE 27, 56; promise P4).
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { Client as Connection } from 'pg';
import { besideTheProduct } from './database.js';
import { parse } from './html.js';
import { apiTakes, beginRecovery, changePassword, mailed, passwordAndCode, passwordForm, recover, signIn, subjectOf, tokensOf, WAY_BACK } from './people.js';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { atOnce, codeOf, exchange, newClient, refresh, register, request, userinfo, Visitor } from './relying-party.js';
import type { Client, Json } from './relying-party.js';

let product: Product;
let first: Client;
let third: Client;
let connection: Connection;
let api: string;
const NEW = 'nine loud herons near Gouda';
const NEWER = 'two calm otters by the Maas';

beforeAll(async () => {
  product = await startProduct();
  api = `${product.origin}/api`;
  first = await newClient(product, { party: 'first', purposes: ['account'], scopes: ['openid', 'profile', 'email', 'offline_access', 'profiles:read'] });
  third = await newClient(product, { name: 'Quiz', purposes: ['account'], scopes: ['openid', 'profile', 'email', 'offline_access', 'profiles:read', 'consent:read'] });
  connection = await besideTheProduct(product);
}, 60_000);

afterAll(async () => {
  await connection?.end();
  await product?.stop();
});

const asked = () => ({ scope: 'openid profile email profiles:read', resource: api });
const apiToken = async (visitor: Visitor, client: Client) => tokensOf(product, visitor, client, asked(), { resource: api });
const offline = { scope: 'openid email offline_access', prompt: 'consent' };
const silent = async (visitor: Visitor, client: Client) => (await visitor.authorize(request(client, { prompt: 'none' }).params)).sentTo?.get('error') ?? undefined;
const says = (page: { html: string }) => parse(page.html).text;
const goneSoon = async (token: unknown, path?: string) => {
  for (const until = Date.now() + 5_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 20))) if (!(await apiTakes(product, token, path))) return true;
  return false;
};

/** Somebody with an account, the browser that registered, and another browser in which the password and the code were given and nothing followed. */
async function parked(client: Client) {
  const { visitor: owner, account } = await register(product, first);
  const thief = new Visitor(product);
  const page = await thief.authorize(request(client).params);
  thief.stopAt = WAY_BACK;
  const { address: way } = await passwordAndCode(product, thief, page, account);
  thief.stopAt = undefined;
  return { owner, account, thief, way };
}

describe('a sign-in that was given and not yet followed', () => {
  it.each([
    ['a recovery', async (owner: Visitor, email: string) => recover(product, owner, first, email, NEW)],
    ['the owner ended all other sessions', async (owner: Visitor) => owner.press(await owner.go('/account'), 'End all others')],
  ])('abuse 27: begins again after %s', async (_, act) => {
    const { owner, account, thief, way } = await parked(third);
    await act(owner, account.email);
    const page = await thief.go(way);
    expect([page.sentTo, says(page)]).toEqual([undefined, expect.stringContaining('Forgotten your password?')]);
    expect(says(await thief.go('/account'))).not.toContain('Where you are signed in');
  }, 60_000);

  it('is good as long as nothing came between', async () => {
    const { thief, way } = await parked(first);
    expect((await thief.go(way)).sentTo?.get('code')).toBeTruthy();
  }, 60_000);

  it('abuse 17: gives one code to fifty that follow it at the same moment, all of them the same', async () => {
    const { thief, way } = await parked(first);
    const answers = await atOnce(50, async () => thief.copy().go(way));
    expect(new Set(answers.map(({ sentTo }) => sentTo?.get('code')))).toEqual(new Set([expect.any(String)]));
  }, 60_000);
});

describe('an account page that was left open', () => {
  it('abuse 27: begins again after a recovery, with what it parked', async () => {
    const { visitor, account } = await register(product, first);
    const { params } = request(third);
    const allow = await visitor.authorize(params);
    expect(says(allow)).toContain('Allow Quiz?');
    await recover(product, new Visitor(product), first, account.email, NEW);
    const page = await visitor.press(allow, 'Allow');
    expect([page.sentTo?.get('code') ?? undefined, says(page)]).toEqual([undefined, expect.not.stringContaining('Allow Quiz?')]);
  }, 60_000);
});

describe('a refresh token that outlived its session', () => {
  it.each([
    ['first', 'a new password', async (owner: Visitor, account: { email: string; password: string }) => changePassword(product, owner, account, NEW)],
    ['first', 'a recovery', async (_: Visitor, account: { email: string }) => recover(product, new Visitor(product), first, account.email, NEW)],
    ['third', 'a new password', async (owner: Visitor, account: { email: string; password: string }) => changePassword(product, owner, account, NEW)],
    ['third', 'a recovery', async (_: Visitor, account: { email: string }) => recover(product, new Visitor(product), first, account.email, NEW)],
  ])('abuse 27: of a %s party is dead at once after %s', async (party, _, act) => {
    const client = party === 'first' ? first : third;
    const { visitor, account } = await register(product, client, { over: offline });
    const { params, verifier } = request(client, offline);
    const stop = await visitor.authorize(params);
    const allowed = stop.sentTo ? stop : await visitor.press(stop, 'Allow');
    const { body } = await exchange(product, client, allowed.sentTo?.get('code'), verifier);
    const bye = await visitor.go(`${product.issuer}/session/end?id_token_hint=${String(body['id_token'])}&client_id=${client.id}`);
    await visitor.press(bye, 'Sign out');
    const again = await refresh(product, client, body['refresh_token']);
    expect(again.status).toBe(200);
    const owner = new Visitor(product);
    await signIn(product, owner, first, account);
    await act(owner, account);
    expect((await refresh(product, client, again.body['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
  }, 60_000);
});

describe('what an application was allowed and lost', () => {
  it('abuse 27: never comes back: a later, narrower Allow gives nothing to the tokens from before', async () => {
    const { visitor } = await register(product, third, { over: { scope: 'openid profile email' } });
    const before = await tokensOf(product, visitor, third, { scope: 'openid profile email' });
    const subject = subjectOf(before);
    const machine = await machineToken(product, 'consent:write');
    const answer = await fetch(`${product.origin}/api/consent/v1/authorizations/${third.id}?subject=${subject}`, { method: 'DELETE', headers: { authorization: `Bearer ${machine}` } });
    expect(answer.status).toBe(200);
    const allow = await visitor.authorize(request(third, { scope: 'openid' }).params);
    expect((await visitor.press(allow, 'Allow')).sentTo?.get('code')).toBeTruthy();
    expect((await userinfo(product, before['access_token'])).status).toBe(401);
    expect((await refresh(product, third, before['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
    expect(decodeJwt(String((await tokensOf(product, visitor, third, { scope: 'openid' }))['id_token']))).not.toHaveProperty('email');
    expect(says(await visitor.authorize(request(third, { scope: 'openid profile email' }).params))).toContain('Allow Quiz?');
  }, 60_000);
});

describe('a password', () => {
  it('abuse 56: that is being changed while the owner recovers does not win over the recovery', async () => {
    const { visitor: thief, account } = await register(product, first);
    let password = account.password;
    for (let round = 0; round < 6; round += 1) {
      const owner = new Visitor(product);
      const form = await passwordForm(product, thief, { ...account, password });
      const { page, code } = await beginRecovery(product, owner, first, account.email).catch(async () => Promise.reject(new Error(`round ${round}`)));
      const recovery = await owner.press(page, 'Continue', { code });
      const chosen = `${NEW} ${round}`;
      const [, done] = await Promise.all([thief.press(form, 'Change password', { password: `${NEWER} ${round}` }), owner.press(recovery, 'Set password', { password: chosen })]);
      expect(says(done)).toContain('Your new password is set');
      await connection.query('delete from authentication.attempts');
      expect((await signIn(product, owner, first, { ...account, password: chosen })).sentTo?.get('code')).toBeTruthy();
      password = chosen;
      await signIn(product, thief, first, { ...account, password });
    }
  }, 120_000);

  it('abuse 56: that a session changes between the recovery’s mail and its form does not keep the owner out', async () => {
    const { visitor: thief, account } = await register(product, first);
    const owner = new Visitor(product);
    const { page, code } = await beginRecovery(product, owner, first, account.email);
    expect(says(await changePassword(product, thief, account, NEWER))).toContain('Your password is changed');
    const form = await owner.press(page, 'Continue', { code });
    expect(says(await owner.press(form, 'Set password', { password: NEW }))).toContain('Your new password is set');
    expect(await silent(thief, first)).toBe('login_required');
    expect((await signIn(product, owner, first, { ...account, password: NEW })).sentTo?.get('code')).toBeTruthy();
  }, 60_000);

  it('abuse 56: that was changed after a sign-in ends a recovery that was begun before it', async () => {
    const { account } = await register(product, first);
    const stranger = new Visitor(product);
    const { page, code } = await beginRecovery(product, stranger, first, account.email);
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // a sign-in is known by its second, and in doubt the recovery outranks it
    const owner = new Visitor(product);
    await signIn(product, owner, first, account);
    expect(says(await changePassword(product, owner, account, NEWER))).toContain('Your password is changed');
    const form = await stranger.press(page, 'Continue', { code });
    expect(parse(form.html).title).not.toContain('Your new password');
  }, 60_000);

  it('abuse 57: that was changed or recovered is told to its owner at once, with a way to take the account back', async () => {
    const { visitor, account } = await register(product, first);
    await changePassword(product, visitor, account, NEW);
    const [changed] = await mailed(product, account.email, 2);
    expect(changed).toMatchObject({ subject: 'Your password for Symbolon was changed', text: expect.stringContaining(`${product.origin}/account/not-me`) });
    await recover(product, new Visitor(product), first, account.email, NEWER);
    const [recovered] = await mailed(product, account.email, 4);
    expect(recovered!.subject).toBe('A new password was set for Symbolon');
    expect(says(await new Visitor(product).go('/account/not-me'))).toContain('Enter the email of your account. We mail a code to it');
    expect(says(await visitor.go('/account/not-me'))).toContain('Enter the email of your account. We mail a code to it');
  }, 60_000);
});

describe('a browser that was known', () => {
  it('abuse 56: is asked for a code after a new password, and the one that recovered is known', async () => {
    const { visitor, account } = await register(product, first);
    const owner = new Visitor(product);
    const done = await recover(product, owner, first, account.email, NEW);
    expect((await owner.press(done, 'Sign in', { login: account.email, password: NEW })).sentTo?.get('code')).toBeTruthy();
    const page = await visitor.authorize(request(first, { prompt: 'login' }).params);
    expect((await visitor.press(page, 'Sign in', { login: account.email, password: NEW })).address.pathname).toMatch(/\/confirm$/);
  }, 60_000);
});

describe('a token for our own APIs', () => {
  it('lives five minutes (OIDC.md, lifetimes)', async () => {
    const { visitor } = await register(product, first);
    const { access_token: token, expires_in: seconds } = await apiToken(visitor, first);
    const { iat = 0, exp = 0 } = decodeJwt(String(token));
    expect([seconds, exp - iat]).toEqual([300, 300]);
  }, 60_000);

  it('abuse 27: is refused after its session was signed out', async () => {
    const { visitor } = await register(product, first);
    const { access_token: token } = await apiToken(visitor, first);
    expect(await apiTakes(product, token)).toBe(true);
    await visitor.press(await visitor.go('/account'), 'Sign out');
    expect(await goneSoon(token)).toBe(true);
  }, 60_000);

  it.each(['/api/profiles/v1/profiles/me', '/api/consent/v1/authorizations'])('abuse 27: is refused at %s at once after the person removed the application, and after its withdrawal by API', async (path) => {
    for (const act of ['page', 'api'] as const) {
      const { visitor } = await register(product, third, { over: { scope: 'openid profile email profiles:read consent:read', resource: api } });
      const { access_token: token, id_token: id } = await tokensOf(product, visitor, third, { scope: 'openid profile email profiles:read consent:read', resource: api }, { resource: api });
      expect(await apiTakes(product, token, path)).toBe(true);
      if (act === 'page') await visitor.press(await visitor.go('/account'), 'Remove access: Quiz');
      else await fetch(`${product.origin}/api/consent/v1/authorizations/${third.id}?subject=${String(decodeJwt(String(id)).sub)}`, { method: 'DELETE', headers: { authorization: `Bearer ${await machineToken(product, 'consent:write')}` } });
      expect(await apiTakes(product, token, path)).toBe(false);
    }
  }, 60_000);

  it('abuse 27: is refused at once after a new password, also in the browser that chose it', async () => {
    const { visitor, account } = await register(product, first);
    const { access_token: token } = await apiToken(visitor, first);
    await changePassword(product, visitor, account, NEW);
    expect(await apiTakes(product, token)).toBe(false);
    expect(await apiTakes(product, (await apiToken(visitor, first))['access_token'])).toBe(true);
  }, 60_000);

  it('abuse 27: is refused at once after its application was disabled, and a later one is taken again', async () => {
    const own = await newClient(product, { party: 'first', purposes: ['account'], scopes: ['openid', 'profile', 'email', 'profiles:read'] });
    const { visitor } = await register(product, own);
    const { access_token: token } = await apiToken(visitor, own);
    const command = async (name: string, body: Json) => fetch(`${product.origin}/api/authentication/v1/clients/${own.id}/${name}`, { method: 'POST', headers: { authorization: `Bearer ${await machineToken(product, 'clients:write')}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    expect((await command('disable', { reason: 'leaked' })).status).toBe(201);
    expect(await apiTakes(product, token)).toBe(false);
    expect((await command('enable', {})).status).toBe(201);
    expect([await apiTakes(product, token), await apiTakes(product, (await apiToken(visitor, own))['access_token'])]).toEqual([false, true]);
  }, 60_000);
});

describe('a claim whose holder may be dead', () => {
  it('abuse 23: is answered with 503 and Retry-After, and the token is good once the claim is over', async () => {
    const { visitor } = await register(product, first);
    const tokens = await tokensOf(product, visitor, first);
    // What a process leaves behind that is killed in the middle of a refresh.
    await connection.query("update authentication.refresh_tokens set claim = gen_random_uuid(), claimed_until = clock_timestamp() + interval '5 s' where account = $1", [subjectOf(tokens)]);
    const answer = await fetch(`${product.issuer}/token`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${first.id}:${first.secret}`).toString('base64')}` }, body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: String(tokens['refresh_token']) }) });
    expect([answer.status, await answer.json()]).toEqual([503, expect.objectContaining({ error: 'temporarily_unavailable' })]);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect((await refresh(product, first, tokens['refresh_token'])).status).toBe(200);
    expect((await refresh(product, first, tokens['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
  }, 60_000);

  it('goes when the work fails: a right code fits again as soon as the event store is back', async () => {
    const { account } = await register(product, first);
    const visitor = new Visitor(product);
    const page = await visitor.authorize(request(first).params);
    const confirm = await visitor.press(page, 'Sign in', { login: account.email, password: account.password });
    const code = /^\s*(\d{6})\s*$/m.exec((await mailed(product, account.email, 2))[0]!.text)![1]!;
    await connection.query('begin; lock table es.events in exclusive mode');
    const away = await visitor.press(confirm, 'Continue', { code }).finally(() => connection.query('rollback'));
    expect(away.status).toBe(503);
    expect((await visitor.press(confirm, 'Continue', { code })).sentTo?.get('code')).toBeTruthy();
  }, 60_000);
});

it('a person who is signed in keeps the session in which the password was changed', async () => {
  const { visitor, account } = await register(product, first);
  await changePassword(product, visitor, account, NEW);
  expect(await silent(visitor, first)).toBeUndefined();
  expect((await codeOf(visitor, first)).code).toBeTruthy();
}, 60_000);
