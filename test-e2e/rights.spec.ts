import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { call, customer, operate, OWN, tokenOf } from './customers.js';
import { parse } from './html.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { CALLBACK, answered, codeOf, exchange, newClient, register, request, userinfo, Visitor } from './relying-party.js';
import type { Client, Json, Stop } from './relying-party.js';
import { symbolon } from './symbolon.js';
import { mailedCode } from './visits.js';

const [ORDERS, STOCK] = ['https://orders.example/api', 'https://stock.example/api'];
let product: Product;
let ours: string;

beforeAll(async () => {
  product = await startProduct();
  ours = `${product.origin}/api`;
}, 60_000);

afterAll(async () => {
  await product.stop();
});

/** The first administrator, signed in at an application. */
async function administrator(client: Client, scope: string): Promise<string> {
  const visitor = new Visitor(product);
  const { params, verifier } = request(client, { scope, resource: ours });
  const page = await visitor.press(await visitor.authorize(params), 'Sign in', { login: product.admin.email, password: product.admin.password });
  const asked = page.address.pathname.endsWith('/confirm') ? await visitor.press(page, 'Continue', { code: await mailedCode(product, product.admin.email, ++mailed) }) : page;
  const stop = await answered(visitor, asked);
  const { body } = await exchange(product, client, stop.sentTo?.get('code'), verifier, { resource: ours });
  return String(body['access_token']);
}
let mailed = 0;

const textOf = ({ html }: Stop) => parse(html).text;

describe('what an application asks for', () => {
  it('abuse 98: stands on the Allow page in words of what it lets the application do, the dangerous first', async () => {
    const client = await newClient(product, { scopes: ['openid', 'email', 'clients:write', 'orders:read', ...OWN], resources: [ORDERS] });
    const { visitor } = await register(product, await newClient(product, { party: 'first', purposes: [] }), { over: { scope: 'openid' } });
    const own = textOf(await visitor.authorize(request(client, { scope: `openid email clients:write ${OWN.join(' ')}`, resource: ours }).params));
    const places = ['take back what you agreed to', 'change your profile', 'see all that you agreed to', 'read your profile', 'see your email', 'recognise you, by a number that is the same at every application'].map((words) => own.indexOf(words));
    expect(places).not.toContain(-1);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    expect(own).not.toContain('register and change applications');
    expect(textOf(await visitor.authorize(request(client, { scope: 'openid orders:read', resource: ORDERS! }).params))).toContain('use “orders:read” at orders.example');
  });

  it('stands in the same words in the account', async () => {
    const { visitor } = await customer(product);
    const account = textOf(await visitor.go('/account'));
    for (const words of ['take back what you agreed to', 'change your profile', 'see your email']) expect(account).toContain(words);
  });

  it('abuse 98: that was allowed at one resource is asked for again at another', async () => {
    const client = await newClient(product, { scopes: ['openid', 'items:read'], resources: [ORDERS, STOCK], purposes: ['account'] });
    const { visitor } = await register(product, client, { over: { scope: 'openid items:read', resource: ORDERS! } });
    expect((await visitor.authorize(request(client, { scope: 'openid items:read', resource: ORDERS! }).params)).sentTo?.has('code')).toBe(true);
    const elsewhere = await visitor.authorize(request(client, { scope: 'openid items:read', resource: STOCK! }).params);
    expect(textOf(elsewhere)).toContain('use “items:read” at stock.example');
    expect((await visitor.authorize(request(client, { scope: 'openid items:read', resource: STOCK!, prompt: 'none' }).params)).sentTo?.get('error')).toBe('consent_required');
    expect(decodeJwt(await tokenOf(visitor, client, { scope: 'openid items:read', resource: STOCK! }))).toMatchObject({ aud: STOCK, scope: 'items:read' });
  });

  it('abuse 98: is allowed as it was shown: what became possible while the page was open is shown first', async () => {
    const client = await newClient(product, { scopes: ['openid'], purposes: ['account'] });
    const { visitor } = await register(product, await newClient(product, { party: 'first', purposes: [] }), { over: { scope: 'openid' } });
    const page = await visitor.authorize(request(client, { scope: 'openid profiles:write', resource: ours }).params);
    expect(textOf(page)).not.toContain('change your profile');
    expect((await operate(product, 'clients:write profiles:write', 'PATCH', `authentication/v1/clients/${client.id}`, { scopes: ['openid', 'profiles:write'] })).status).toBe(200);
    const again = await visitor.press(page, 'Allow');
    expect([again.status, textOf(again).includes('change your profile')]).toEqual([409, true]);
    expect((await visitor.press(again, 'Allow')).sentTo?.has('code')).toBe(true);
  });

  it('abuse 98: is no more than is registered', async () => {
    const client = await newClient(product, { scopes: ['openid'], purposes: ['account'] });
    const { visitor } = await register(product, client, { over: { scope: 'openid' } });
    expect((await visitor.authorize(request(client, { scope: 'openid email' }).params)).sentTo?.get('error')).toBe('invalid_scope');
  });

  it('abuse 98: is told no more, with the tokens that are out, once its registration lost it', async () => {
    const client = await newClient(product, { scopes: ['openid', 'email'], purposes: ['account'] });
    const { visitor } = await register(product, client, { over: { scope: 'openid email' } });
    const { code, verifier } = await codeOf(visitor, client, { scope: 'openid email' });
    const { body } = await exchange(product, client, code, verifier);
    expect((await userinfo(product, body['access_token'])).body).toHaveProperty('email');
    expect((await operate(product, 'clients:write', 'PATCH', `authentication/v1/clients/${client.id}`, { scopes: ['openid'] })).status).toBe(200);
    expect((await userinfo(product, body['access_token'])).body).not.toHaveProperty('email');
  });

  it.each([['none', {}], ['an empty one', { scope: '' }], ['one that nobody knows', { scope: 'orders:read' }]])('abuse 11: in a request whose scope is %s is answered with invalid_scope, iss and state (RFC 6749 section 3.3)', async (_, over) => {
    const client = await newClient(product, { party: 'first', purposes: ['account'] });
    const { scope: __, ...params } = request(client).params;
    const { sentTo } = await new Visitor(product).authorize({ ...params, ...over });
    expect(Object.fromEntries(sentTo ?? [])).toMatchObject({ error: 'invalid_scope', iss: product.issuer, state: params['state'] });
    const { visitor } = await register(product, client, { over: { scope: 'openid' } });
    expect((await visitor.authorize({ ...params, ...over })).sentTo?.get('error')).toBe('invalid_scope');
  });
});

describe('the role of a person', () => {
  it('abuse 98: gives an application of somebody else nothing: no role, no staff scope, nobody else’s data', async () => {
    const { subject } = await customer(product);
    const quiz = await newClient(product, { name: 'Quiz', scopes: ['openid', 'clients:write', ...OWN], purposes: ['account', 'profile'] });
    const token = await administrator(quiz, `openid clients:write ${OWN.join(' ')}`);
    expect(decodeJwt(token)).toMatchObject({ scope: OWN.join(' '), roles: [] });
    expect((await call(product, token, 'GET', `profiles/v1/profiles/${subject}`)).status).toBe(404);
    expect((await call(product, token, 'GET', `consent/v1/consents?subject=${subject}`)).status).toBe(404);
    expect((await call(product, token, 'PUT', `profiles/v1/profiles/${subject}/rights/phone`, { writableBy: 'nobody' })).status).toBe(404);
    expect((await call(product, token, 'POST', 'authentication/v1/clients', { name: 'x', redirectUris: [CALLBACK] })).status).toBe(403);
  });

  it('counts in an application that staff marked', async () => {
    const { subject } = await customer(product);
    const { body } = await operate(product, 'clients:write profiles:read clients:read', 'POST', 'authentication/v1/clients', { name: 'Console', redirectUris: [CALLBACK], party: 'first', staff: true, scopes: ['openid', 'profiles:read', 'clients:read'], purposes: [] });
    const token = await administrator(body as unknown as Client, 'openid profiles:read clients:read');
    expect(decodeJwt(token)).toMatchObject({ scope: 'profiles:read clients:read', roles: ['admin'] });
    expect(await call(product, token, 'GET', `profiles/v1/profiles/${subject}`)).toMatchObject({ status: 200, body: { attributes: expect.arrayContaining([expect.objectContaining({ name: 'first_name', value: 'Ada' })]) } });
    expect((await call(product, token, 'GET', 'authentication/v1/clients')).status).toBe(200);
  });
});

describe('the mark of staff', () => {
  it('abuse 98: is neither set nor used by a machine that may only register applications', async () => {
    const made = await operate(product, 'clients:write consent:write', 'POST', 'authentication/v1/clients', { name: 'Registrar', grantTypes: ['client_credentials'], scopes: ['clients:write', 'consent:write'], purposes: [] });
    const { id, secret } = made.body as unknown as Client;
    const granted = await fetch(`${product.issuer}/token`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }, body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'clients:write' }) });
    const token = String(((await granted.json()) as Json)['access_token']);
    const shop = { name: 'Shop', redirectUris: [CALLBACK] };
    expect((await call(product, token, 'POST', 'authentication/v1/clients', shop)).status).toBe(201);
    expect(await call(product, token, 'POST', 'authentication/v1/clients', { ...shop, staff: true })).toMatchObject({ status: 403, body: { type: 'authentication/staff_only' } });
    expect(await call(product, token, 'POST', 'authentication/v1/clients', { ...shop, party: 'first' })).toMatchObject({ status: 403, body: { type: 'authentication/staff_only' } });
    const theirs = await call(product, token, 'POST', 'authentication/v1/clients', { ...shop, party: 'third' });
    expect(theirs.status).toBe(201);
    expect((await call(product, token, 'PATCH', `authentication/v1/clients/${String(theirs.body['id'])}`, { party: 'first' })).status).toBe(403);
    const staff = await operate(product, 'clients:write', 'POST', 'authentication/v1/clients', { ...shop, staff: true });
    expect(staff.status).toBe(201);
    const one = `authentication/v1/clients/${String(staff.body['id'])}`;
    expect((await call(product, token, 'PATCH', one, { redirectUris: ['https://evil.tld/cb'] })).status).toBe(403);
    expect((await call(product, token, 'POST', `${one}/secret`, {})).status).toBe(403);
    expect((await call(product, token, 'POST', `${one}/disable`, { reason: 'stolen' })).status).toBe(201);
    expect((await call(product, token, 'POST', `${one}/enable`, {})).status).toBe(403);
  });
});

describe('the registration of an application', () => {
  it('names keys once: the new place of them takes the place of the old one', async () => {
    const jwks = { keys: [{ kty: 'EC', crv: 'P-256', x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4', y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM' }] };
    const jwksUri = 'https://shop.example/jwks';
    const keyed = { name: 'Shop', redirectUris: [CALLBACK], authenticationMethod: 'private_key_jwt', purposes: ['account'] };
    expect(await operate(product, 'clients:write', 'POST', 'authentication/v1/clients', { ...keyed, jwks, jwksUri })).toMatchObject({ status: 422, body: { type: 'authentication/keys_twice', detail: expect.stringContaining('jwks or jwksUri') } });
    const { id } = await newClient(product, { ...keyed, jwks });
    const one = `authentication/v1/clients/${id}`;
    const named = async () => Object.keys((await operate(product, 'clients:read', 'GET', one)).body).filter((field) => field.startsWith('jwks'));
    expect((await operate(product, 'clients:write', 'PATCH', one, { jwksUri })).status).toBe(200);
    expect(await named()).toEqual(['jwksUri']);
    expect((await operate(product, 'clients:write', 'PATCH', one, { jwks })).status).toBe(200);
    expect(await named()).toEqual(['jwks']);
    expect((await new Visitor(product).authorize(request({ id }).params)).status).toBe(200);
  });

  it('abuse 99: names no purpose that nobody published', async () => {
    const wrong = await operate(product, 'clients:write', 'POST', 'authentication/v1/clients', { name: 'Shop', redirectUris: [CALLBACK], purposes: ['account', 'nobody_wrote_this'] });
    expect(wrong).toMatchObject({ status: 422, body: { type: 'authentication/unknown_purpose', errors: [{ field: 'purposes', message: expect.stringContaining('nobody_wrote_this') }] } });
    const { id } = await newClient(product);
    expect((await operate(product, 'clients:write', 'PATCH', `authentication/v1/clients/${id}`, { purposes: ['nobody_wrote_this'] })).status).toBe(422);
    const { status, printed } = await symbolon(product, 'client', 'create', '--name', 'Shop', '--redirect-uri', CALLBACK, '--purpose', 'nobody_wrote_this');
    expect([status, printed.includes('There is no purpose nobody_wrote_this.')]).toEqual([1, true]);
  });

  it('marks one for staff by a command of the operator, and takes the mark away', async () => {
    const made = await symbolon(product, 'client', 'create', '--name', 'Console', '--redirect-uri', CALLBACK, '--staff', '--scope', 'openid');
    const id = /OIDC_CLIENT_ID=(\S+)/.exec(made.printed)?.[1] ?? '';
    const staff = async () => (await operate(product, 'clients:read', 'GET', `authentication/v1/clients/${id}`)).body['staff'];
    expect(await staff()).toBe(true);
    expect((await symbolon(product, 'client', 'change', id, '--name', 'Board')).status).toBe(0);
    expect(await staff()).toBe(true);
    expect((await symbolon(product, 'client', 'change', id, '--no-staff')).status).toBe(0);
    expect(await staff()).toBe(false);
  }, 30_000);

  it('abuse 99: lets no application of somebody else record consents', async () => {
    const body = { name: 'Shop', redirectUris: [CALLBACK], scopes: ['openid', 'consent:record'] };
    expect(await operate(product, 'clients:write consent:record', 'POST', 'authentication/v1/clients', body)).toMatchObject({ status: 422, body: { type: 'authentication/first_party_only' } });
  });
});
