import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { call, customer, operate, tokenOf } from './customers.js';
import { eventsOf } from './event-log.js';
import { parse } from './html.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { codeOf, exchange, newClient, proof, register, request, userinfo, Visitor } from './relying-party.js';
import type { Client, Json, Stop } from './relying-party.js';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
}, 60_000);

afterAll(async () => {
  await product.stop();
});

const textOf = ({ html }: Stop) => parse(html).text;

describe('a consent and an authorization', () => {
  it('abuse 99: are not given by an application with consent:write, for nobody, not even for itself', async () => {
    const { client, subject, token } = await customer(product);
    expect(decodeJwt(token)['scope']).toContain('consent:write');
    expect(await call(product, token, 'POST', 'consent/v1/consents', { purpose: 'profile', textVersion: 1, proof: proof() })).toMatchObject({ status: 403, body: { type: 'web/insufficient_scope' } });
    for (const clientId of [client.id, (await newClient(product)).id]) expect((await call(product, token, 'POST', 'consent/v1/authorizations', { clientId, scopes: ['openid'] })).status).toBe(403);
    expect(await operate(product, 'consent:record', 'POST', `consent/v1/authorizations?subject=${subject}`, { clientId: client.id, scopes: ['openid'] })).toMatchObject({ status: 403, body: { type: 'consent/our_pages_only' } });
  });

  it('abuse 99: are taken back by an application with consent:write, and that is all it may do', async () => {
    const { client, token } = await customer(product, 'profile:1');
    expect((await call(product, token, 'DELETE', 'consent/v1/consents/profile')).status).toBe(200);
    expect((await call(product, token, 'DELETE', `consent/v1/authorizations/${client.id}`)).status).toBe(200);
  });

  it('abuse 99: is recorded by an application of ours with the proof of what was shown, and not without', async () => {
    const { subject } = await customer(product);
    const record = (body: Json) => operate(product, 'consent:record', 'POST', `consent/v1/consents?subject=${subject}`, { purpose: 'profile', textVersion: 1, ...body });
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
    const { client, subject } = await customer(product, 'profile:1');
    const events = await eventsOf(product, `consent-${subject}`);
    expect(events.map(({ type, data }) => [type.split('.').at(-1), data])).toEqual(expect.arrayContaining([['ConsentGranted', expect.objectContaining({ purpose: 'profile', textVersion: 1, clientId: client.id, recordedBy: 'account', shownLanguage: 'en', shownWhere: '/i/allow' })]]));
  });

  it('abuse 99: for a purpose that does not exist is not given by a form of the account either', async () => {
    const { visitor, subject } = await customer(product);
    const page = await visitor.go('/account');
    const token = parse(page.html).forms[0]!.inputs.find(({ name }) => name === 'form_token')!.value;
    const answer = await visitor.go('/account/purposes/nobody_wrote_this', { form_token: token, answer: 'grant', text_version: '1' });
    expect(textOf(answer)).toContain('The page was out of date');
    expect((await eventsOf(product, `consent-${subject}`)).filter(({ type }) => type.endsWith('ConsentGranted'))).toEqual([]);
  });

  it('abuse 99: are refused by name to a text, for a purpose and of a person that do not exist, and nothing is kept', async () => {
    const { subject } = await customer(product);
    const record = (body: Json) => operate(product, 'consent:record', 'POST', `consent/v1/consents?subject=${subject}`, { textVersion: 1, proof: proof(), ...body });
    expect(await record({ purpose: 'nobody_wrote_this' })).toMatchObject({ status: 422, body: { type: 'consent/unknown_purpose' } });
    expect((await record({ purpose: 'profile', textVersion: 2_000_000_000 })).status).toBe(400);
    expect(await record({ purpose: 'profile', textVersion: 1_000_000 })).toMatchObject({ status: 422, body: { type: 'consent/unknown_version' } });
    expect((await operate(product, 'consent:record', 'POST', `consent/v1/consents?subject=${randomUUID()}`, { purpose: 'profile', textVersion: 1, proof: proof() })).status).toBe(404);
    expect(await record({ purpose: 'account' })).toMatchObject({ status: 409, body: { type: 'consent/not_a_choice' } });
    const { body } = await operate(product, 'consent:read', 'GET', `consent/v1/consents?subject=${subject}`);
    expect((body['consents'] as Json[]).filter(({ grantedVersion }) => grantedVersion !== null)).toEqual([]);
    expect((await record({ purpose: 'profile' })).status).toBe(201);
  });

  it('abuse 99: is refused for a purpose that was retired', async () => {
    const { subject } = await customer(product);
    const purpose = `p${randomUUID().slice(0, 8)}`;
    expect((await operate(product, 'purposes:write', 'POST', 'consent/v1/purposes', { purpose, basis: 'consent', claims: [], textVersion: 1, title: 'News', text: 'We write to you.' })).status).toBe(201);
    expect((await operate(product, 'purposes:write', 'DELETE', `consent/v1/purposes/${purpose}`)).status).toBe(200);
    expect(await operate(product, 'consent:record', 'POST', `consent/v1/consents?subject=${subject}`, { purpose, textVersion: 1, proof: proof() })).toMatchObject({ status: 409, body: { type: 'consent/retired_purpose' } });
  });

  it('abuse 98: are not given at an application that was disabled while the page was open', async () => {
    const client = await newClient(product, { purposes: ['account'] });
    const { visitor } = await register(product, await newClient(product, { party: 'first', purposes: [] }), { over: { scope: 'openid' } });
    const page = await visitor.authorize(request(client, { scope: 'openid' }).params);
    expect((await operate(product, 'clients:write', 'POST', `authentication/v1/clients/${client.id}/disable`, { reason: 'test' })).status).toBe(201);
    expect((await visitor.press(page, 'Allow')).status).toBe(410);
    expect(textOf(await visitor.go('/account'))).toContain('No application may read anything of you.');
  });
});

describe('our own API of profiles', () => {
  const told = async (token: string) => ((await call(product, token, 'GET', 'profiles/v1/profiles/me')).body['attributes'] as Json[]).map(({ name }) => String(name));
  /** What others decided comes by the bus: a moment later at the latest. */
  const tells = async (token: string, expected: readonly string[]) => {
    let names = await told(token);
    for (const until = Date.now() + 10_000; names.join() !== expected.join() && Date.now() < until; names = await told(token)) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(names).toEqual(expected);
  };
  const NAMED = ['email', 'first_name', 'last_name', 'locale'];

  it('abuse 99: tells an application what a live purpose of it covers, and leaves the rest out', async () => {
    const { client, token, subject } = await customer(product);
    await tells(token, ['email']);
    expect((await operate(product, 'consent:record', 'POST', `consent/v1/consents?subject=${subject}`, { purpose: 'profile', textVersion: 1, proof: proof() })).status).toBe(201);
    await tells(token, NAMED);
    expect((await call(product, token, 'DELETE', 'consent/v1/consents/profile')).status).toBe(200);
    expect(await told(token)).toEqual(['email']); // 200 says that it is in force
    expect((await operate(product, 'clients:write', 'PATCH', `authentication/v1/clients/${client.id}`, { purposes: [] })).status).toBe(200);
    await tells(token, []);
  });

  it('abuse 99: asks for a purpose where an application asks for the whole profile', async () => {
    const client = await newClient(product, { party: 'first', scopes: ['openid', 'profiles:read'] });
    const { visitor } = await register(product, client, { over: { scope: 'openid' } });
    const page = await visitor.authorize(request(client, { scope: 'openid profiles:read', resource: `${product.origin}/api` }).params);
    expect(page.address.pathname).toMatch(/\/purposes$/);
    await visitor.press(page, 'Continue', { purpose: 'profile:1' });
    await tells(await tokenOf(visitor, client, { scope: 'openid profiles:read' }), NAMED);
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
    const publish = (textVersion: number) => operate(product, 'purposes:write', 'POST', 'consent/v1/purposes', { purpose, basis: 'consent', claims: ['locale'], textVersion, title: `Speak your language ${textVersion}`, text: 'We write in your language.' });
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
