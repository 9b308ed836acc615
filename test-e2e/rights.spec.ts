import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { eventsOf } from './event-log.js';
import { parse } from './html.js';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { CALLBACK, answered, codeOf, exchange, newClient, proof, register, request, userinfo, Visitor } from './relying-party.js';
import type { Client, Json, Stop } from './relying-party.js';
import { symbolon } from './symbolon.js';
import { mailedCode } from './visits.js';

const OWN = ['profiles:read', 'profiles:write', 'consent:read', 'consent:write'];
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

type Answer = { status: number; body: Json };

/** A call of our own APIs. */
async function call(token: string, method: string, path: string, body?: object): Promise<Answer> {
  const answer = await fetch(`${ours}/${path}`, { method, headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: answer.status, body: (await answer.json().catch(() => ({}))) as Json };
}

/** A call by the operator's machine. */
const operator = async (scope: string, method: string, path: string, body?: object) => call(await machineToken(product, scope), method, path, body);

/** A token of a person for one API, after whatever is to be answered. */
async function tokenOf(visitor: Visitor, client: Client, { scope, resource = ours, ticked }: { scope: string; resource?: string; ticked?: string }): Promise<string> {
  const { params, verifier } = request(client, { scope, resource });
  const stop = await answered(visitor, await visitor.authorize(params), ticked);
  const { body } = await exchange(product, client, stop.sentTo?.get('code'), verifier, { resource });
  return String(body['access_token']);
}

/** Somebody new at an application that asks for what is their own at our APIs. */
async function customer(over: Json = {}, ticked?: string) {
  const client = await newClient(product, { scopes: ['openid', 'email', 'profile', ...OWN], ...over });
  const { visitor, account } = await register(product, client, { over: { scope: 'openid email profile' }, ...(ticked === undefined ? {} : { ticked }) });
  const token = await tokenOf(visitor, client, { scope: `openid ${OWN.join(' ')}` });
  return { client, visitor, account, token, subject: String(decodeJwt(token).sub) };
}

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
    const { visitor } = await customer();
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
    expect((await operator('clients:write', 'PATCH', `authentication/v1/clients/${client.id}`, { scopes: ['openid'] })).status).toBe(200);
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
    const { subject } = await customer();
    const quiz = await newClient(product, { name: 'Quiz', scopes: ['openid', 'clients:write', ...OWN], purposes: ['account', 'profile'] });
    const token = await administrator(quiz, `openid clients:write ${OWN.join(' ')}`);
    expect(decodeJwt(token)).toMatchObject({ scope: OWN.join(' '), roles: [] });
    expect((await call(token, 'GET', `profiles/v1/profiles/${subject}`)).status).toBe(404);
    expect((await call(token, 'GET', `consent/v1/consents?subject=${subject}`)).status).toBe(404);
    expect((await call(token, 'PUT', `profiles/v1/profiles/${subject}/rights/phone`, { writableBy: 'nobody' })).status).toBe(404);
    expect((await call(token, 'POST', 'authentication/v1/clients', { name: 'x', redirectUris: [CALLBACK] })).status).toBe(403);
  });

  it('counts in an application that staff marked', async () => {
    const { subject } = await customer();
    const { body } = await operator('clients:write profiles:read clients:read', 'POST', 'authentication/v1/clients', { name: 'Console', redirectUris: [CALLBACK], party: 'first', staff: true, scopes: ['openid', 'profiles:read', 'clients:read'], purposes: [] });
    const token = await administrator(body as unknown as Client, 'openid profiles:read clients:read');
    expect(decodeJwt(token)).toMatchObject({ scope: 'profiles:read clients:read', roles: ['admin'] });
    expect(await call(token, 'GET', `profiles/v1/profiles/${subject}`)).toMatchObject({ status: 200, body: { attributes: expect.arrayContaining([expect.objectContaining({ name: 'first_name', value: 'Ada' })]) } });
    expect((await call(token, 'GET', 'authentication/v1/clients')).status).toBe(200);
  });
});

describe('the mark of staff', () => {
  it('abuse 98: is neither set nor used by a machine that may only register applications', async () => {
    const made = await operator('clients:write consent:write', 'POST', 'authentication/v1/clients', { name: 'Registrar', grantTypes: ['client_credentials'], scopes: ['clients:write', 'consent:write'], purposes: [] });
    const { id, secret } = made.body as unknown as Client;
    const granted = await fetch(`${product.issuer}/token`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }, body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'clients:write' }) });
    const token = String(((await granted.json()) as Json)['access_token']);
    const shop = { name: 'Shop', redirectUris: [CALLBACK] };
    expect((await call(token, 'POST', 'authentication/v1/clients', shop)).status).toBe(201);
    expect(await call(token, 'POST', 'authentication/v1/clients', { ...shop, staff: true })).toMatchObject({ status: 403, body: { type: 'authentication/staff_only' } });
    const staff = await operator('clients:write', 'POST', 'authentication/v1/clients', { ...shop, staff: true });
    expect(staff.status).toBe(201);
    const one = `authentication/v1/clients/${String(staff.body['id'])}`;
    expect((await call(token, 'PATCH', one, { redirectUris: ['https://evil.tld/cb'] })).status).toBe(403);
    expect((await call(token, 'POST', `${one}/secret`, {})).status).toBe(403);
    expect((await call(token, 'POST', `${one}/disable`, { reason: 'stolen' })).status).toBe(201);
    expect((await call(token, 'POST', `${one}/enable`, {})).status).toBe(403);
  });
});

describe('a consent and an authorization', () => {
  it('abuse 99: are not given by an application with consent:write, for nobody, not even for itself', async () => {
    const { client, subject, token } = await customer();
    expect(decodeJwt(token)['scope']).toContain('consent:write');
    expect(await call(token, 'POST', 'consent/v1/consents', { purpose: 'profile', textVersion: 1, proof: proof() })).toMatchObject({ status: 403, body: { type: 'web/insufficient_scope' } });
    for (const clientId of [client.id, (await newClient(product)).id]) expect((await call(token, 'POST', 'consent/v1/authorizations', { clientId, scopes: ['openid'] })).status).toBe(403);
    expect(await operator('consent:record', 'POST', `consent/v1/authorizations?subject=${subject}`, { clientId: client.id, scopes: ['openid'] })).toMatchObject({ status: 403, body: { type: 'consent/our_pages_only' } });
  });

  it('abuse 99: are taken back by an application with consent:write, and that is all it may do', async () => {
    const { client, token } = await customer({}, 'profile:1');
    expect((await call(token, 'DELETE', 'consent/v1/consents/profile')).status).toBe(200);
    expect((await call(token, 'DELETE', `consent/v1/authorizations/${client.id}`)).status).toBe(200);
  });

  it('abuse 99: is recorded by an application of ours with the proof of what was shown, and not without', async () => {
    const { subject } = await customer();
    const record = (body: Json) => operator('consent:record', 'POST', `consent/v1/consents?subject=${subject}`, { purpose: 'profile', textVersion: 1, ...body });
    expect(await record({})).toMatchObject({ status: 400, body: { type: 'consent/proof_needed', errors: [{ field: 'proof' }] } });
    expect(await record({ proof: proof({ shownAt: undefined }) })).toMatchObject({ status: 400, body: { type: 'consent/proof_needed' } });
    expect((await record({ proof: proof({ shownAt: new Date(Date.now() + 3_600_000).toISOString() }) })).status).toBe(400);
    expect((await record({ proof: proof({ where: 'https://shop.example/profile?email=ada' }) })).status).toBe(400);
    expect(await record({ proof: proof(), clientId: (await newClient(product)).id })).toMatchObject({ status: 403, body: { type: 'consent/other_client' } });
    const shown = proof();
    expect((await record({ proof: shown })).status).toBe(201);
    const kept = (await eventsOf(product, `consent-${subject}`)).filter(({ type }) => type.endsWith('ConsentGranted'));
    expect(kept.map(({ data }) => data)).toEqual([expect.objectContaining({ recordedBy: product.admin.client_id, shownLanguage: 'en', shownAt: shown['shownAt'], shownWhere: shown['where'] })]);
  });

  it('abuse 99: on our own pages are kept with what was shown, where and when', async () => {
    const { client, subject } = await customer({}, 'profile:1');
    const events = await eventsOf(product, `consent-${subject}`);
    expect(events.map(({ type, data }) => [type.split('.').at(-1), data])).toEqual(expect.arrayContaining([['ConsentGranted', expect.objectContaining({ purpose: 'profile', textVersion: 1, clientId: client.id, recordedBy: 'account', shownLanguage: 'en', shownWhere: '/i/allow' })]]));
  });

  it('abuse 99: for a purpose that does not exist is not given by a form of the account either', async () => {
    const { visitor, subject } = await customer();
    const page = await visitor.go('/account');
    const token = parse(page.html).forms[0]!.inputs.find(({ name }) => name === 'form_token')!.value;
    const answer = await visitor.go('/account/purposes/nobody_wrote_this', { form_token: token, answer: 'grant', text_version: '1' });
    expect(textOf(answer)).toContain('The page was out of date');
    expect((await eventsOf(product, `consent-${subject}`)).filter(({ type }) => type.endsWith('ConsentGranted'))).toEqual([]);
  });

  it('abuse 99: are refused by name to a text, for a purpose and of a person that do not exist, and nothing is kept', async () => {
    const { subject } = await customer();
    const record = (body: Json) => operator('consent:record', 'POST', `consent/v1/consents?subject=${subject}`, { textVersion: 1, proof: proof(), ...body });
    expect(await record({ purpose: 'nobody_wrote_this' })).toMatchObject({ status: 422, body: { type: 'consent/unknown_purpose' } });
    expect((await record({ purpose: 'profile', textVersion: 2_000_000_000 })).status).toBe(400);
    expect(await record({ purpose: 'profile', textVersion: 1_000_000 })).toMatchObject({ status: 422, body: { type: 'consent/unknown_version' } });
    expect((await operator('consent:record', 'POST', `consent/v1/consents?subject=${randomUUID()}`, { purpose: 'profile', textVersion: 1, proof: proof() })).status).toBe(404);
    expect(await record({ purpose: 'account' })).toMatchObject({ status: 409, body: { type: 'consent/not_a_choice' } });
    const { body } = await operator('consent:read', 'GET', `consent/v1/consents?subject=${subject}`);
    expect((body['consents'] as Json[]).filter(({ grantedVersion }) => grantedVersion !== null)).toEqual([]);
    expect((await record({ purpose: 'profile' })).status).toBe(201);
  });

  it('abuse 99: is refused for a purpose that was retired', async () => {
    const { subject } = await customer();
    const purpose = `p${randomUUID().slice(0, 8)}`;
    expect((await operator('purposes:write', 'POST', 'consent/v1/purposes', { purpose, basis: 'consent', claims: [], textVersion: 1, title: 'News', text: 'We write to you.' })).status).toBe(201);
    expect((await operator('purposes:write', 'DELETE', `consent/v1/purposes/${purpose}`)).status).toBe(200);
    expect(await operator('consent:record', 'POST', `consent/v1/consents?subject=${subject}`, { purpose, textVersion: 1, proof: proof() })).toMatchObject({ status: 409, body: { type: 'consent/retired_purpose' } });
  });

  it('abuse 98: are not given at an application that was disabled while the page was open', async () => {
    const client = await newClient(product, { purposes: ['account'] });
    const { visitor } = await register(product, await newClient(product, { party: 'first', purposes: [] }), { over: { scope: 'openid' } });
    const page = await visitor.authorize(request(client, { scope: 'openid' }).params);
    expect((await operator('clients:write', 'POST', `authentication/v1/clients/${client.id}/disable`, { reason: 'test' })).status).toBe(201);
    expect((await visitor.press(page, 'Allow')).status).toBe(410);
    expect(textOf(await visitor.go('/account'))).toContain('No application may read anything of you.');
  });
});

describe('the registration of an application', () => {
  it('abuse 99: names no purpose that nobody published', async () => {
    const wrong = await operator('clients:write', 'POST', 'authentication/v1/clients', { name: 'Shop', redirectUris: [CALLBACK], purposes: ['account', 'nobody_wrote_this'] });
    expect(wrong).toMatchObject({ status: 422, body: { type: 'authentication/unknown_purpose', errors: [{ field: 'purposes', message: expect.stringContaining('nobody_wrote_this') }] } });
    const { id } = await newClient(product);
    expect((await operator('clients:write', 'PATCH', `authentication/v1/clients/${id}`, { purposes: ['nobody_wrote_this'] })).status).toBe(422);
    const { status, printed } = await symbolon(product, 'client', 'create', '--name', 'Shop', '--redirect-uri', CALLBACK, '--purpose', 'nobody_wrote_this');
    expect([status, printed.includes('There is no purpose nobody_wrote_this.')]).toEqual([1, true]);
  });

  it('marks one for staff by a command of the operator, and takes the mark away', async () => {
    const made = await symbolon(product, 'client', 'create', '--name', 'Console', '--redirect-uri', CALLBACK, '--staff', '--scope', 'openid');
    const id = /OIDC_CLIENT_ID=(\S+)/.exec(made.printed)?.[1] ?? '';
    const staff = async () => (await operator('clients:read', 'GET', `authentication/v1/clients/${id}`)).body['staff'];
    expect(await staff()).toBe(true);
    expect((await symbolon(product, 'client', 'change', id, '--name', 'Board')).status).toBe(0);
    expect(await staff()).toBe(true);
    expect((await symbolon(product, 'client', 'change', id, '--no-staff')).status).toBe(0);
    expect(await staff()).toBe(false);
  }, 30_000);

  it('abuse 99: lets no application of somebody else record consents', async () => {
    const body = { name: 'Shop', redirectUris: [CALLBACK], scopes: ['openid', 'consent:record'] };
    expect(await operator('clients:write consent:record', 'POST', 'authentication/v1/clients', body)).toMatchObject({ status: 422, body: { type: 'authentication/first_party_only' } });
  });
});

describe('our own API of profiles', () => {
  const told = async (token: string) => ((await call(token, 'GET', 'profiles/v1/profiles/me')).body['attributes'] as Json[]).map(({ name }) => name);

  it('abuse 99: tells an application what a live purpose of it covers, and leaves the rest out', async () => {
    const { client, visitor, token, subject } = await customer();
    expect(await told(token)).toEqual(['email']);
    expect((await operator('consent:record', 'POST', `consent/v1/consents?subject=${subject}`, { purpose: 'profile', textVersion: 1, proof: proof() })).status).toBe(201);
    let names = await told(token);
    for (const until = Date.now() + 5_000; names.length < 2 && Date.now() < until; names = await told(token)) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(names).toEqual(['email', 'first_name', 'last_name', 'locale']);
    expect((await call(token, 'DELETE', 'consent/v1/consents/profile')).status).toBe(200);
    expect(await told(token)).toEqual(['email']);
    expect((await operator('clients:write', 'PATCH', `authentication/v1/clients/${client.id}`, { purposes: [] })).status).toBe(200);
    for (const until = Date.now() + 5_000; names.length > 0 && Date.now() < until; names = await told(token)) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(names).toEqual([]);
    expect(textOf(await visitor.go('/account'))).toContain('Your account');
  });
});

describe('a purpose that an application of ours declares', () => {
  const shop = () => newClient(product, { party: 'first', name: 'Our shop' });
  const names = async (visitor: Visitor, client: Client) => {
    const { code, verifier } = await codeOf(visitor, client);
    const { body } = await exchange(product, client, code, verifier);
    return (await userinfo(product, body['access_token'])).body;
  };
  /** Registration up to the page after it. */
  const newcomer = async (client: Client) => {
    const { visitor, stop, account } = await register(product, client, { over: { scope: 'openid' } });
    expect(stop.sentTo?.has('code')).toBe(true);
    return { visitor, account };
  };

  it('abuse 99: is asked for after the registration, and gives the name when it is ticked', async () => {
    const client = await shop();
    const { visitor, stop } = await register(product, client, { ticked: 'profile:1' });
    expect(stop.sentTo?.has('code')).toBe(true);
    expect(await names(visitor, client)).toMatchObject({ given_name: 'Ada', family_name: 'Lovelace' });
  });

  it('abuse 99: is asked for once: "not now" is an answer, also for the next application', async () => {
    const [one, other] = [await shop(), await shop()];
    const { visitor } = await newcomer(one);
    const page = await visitor.authorize(request(one).params);
    expect([page.address.pathname.endsWith('/purposes'), textOf(page).includes('Our shop would like to use more of your data')]).toEqual([true, true]);
    expect((await visitor.press(page, 'Continue')).sentTo?.has('code')).toBe(true);
    for (const client of [one, other]) expect(await names(visitor, client)).not.toHaveProperty('given_name');
    expect(textOf(await visitor.go('/account'))).toContain('You did not agree');
  });

  it('is left out where no page may be shown, and asked for the next time', async () => {
    const client = await shop();
    const { visitor } = await newcomer(client);
    expect((await visitor.authorize(request(client, { prompt: 'none' }).params)).sentTo?.has('code')).toBe(true);
    expect((await visitor.authorize(request(client).params)).address.pathname).toMatch(/\/purposes$/);
  });

  it('abuse 99: is not asked for again by somebody who took their consent back', async () => {
    const client = await shop();
    const { visitor } = await newcomer(client);
    await visitor.press(await visitor.authorize(request(client).params), 'Continue', { purpose: 'profile:1' });
    expect(await names(visitor, client)).toHaveProperty('given_name');
    await visitor.press(await visitor.go('/account'), 'Withdraw: Share your name and language');
    expect(await names(visitor, client)).not.toHaveProperty('given_name');
  });

  it('abuse 99: is agreed to at the text that was shown, and in the browser that it was shown in', async () => {
    const client = await shop();
    const { visitor } = await newcomer(client);
    const page = await visitor.authorize(request(client).params);
    expect((await visitor.press(page, 'Continue', { purpose: 'profile:7', shown: 'profile:7' })).status).toBe(409);
    expect((await visitor.press(page, 'Continue', { purpose: 'profile:1' }, 'https://evil.tld')).status).toBe(403);
    expect((await new Visitor(product).go(page.address)).status).toBe(410);
    expect((await visitor.go(`${page.address.pathname.replace('/purposes', '/allow')}`)).sentTo).toBeUndefined();
  });

  it('is asked for anew when its words change', async () => {
    const purpose = `p${randomUUID().slice(0, 8)}`;
    const publish = (textVersion: number) => operator('purposes:write', 'POST', 'consent/v1/purposes', { purpose, basis: 'consent', claims: ['locale'], textVersion, title: `Speak your language ${textVersion}`, text: 'We write in your language.' });
    expect((await publish(1)).status).toBe(201);
    const client = await newClient(product, { party: 'first', purposes: ['account', purpose] });
    const { visitor } = await newcomer(client);
    expect((await visitor.press(await visitor.authorize(request(client).params), 'Continue')).sentTo?.has('code')).toBe(true);
    expect((await visitor.authorize(request(client).params)).sentTo?.has('code')).toBe(true);
    expect((await publish(2)).status).toBe(201);
    let page = await visitor.authorize(request(client).params);
    for (const until = Date.now() + 5_000; page.sentTo && Date.now() < until; page = await visitor.authorize(request(client).params)) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(textOf(page)).toContain('Speak your language 2');
  });
});
