import { readdirSync } from 'node:fs';
import { request as ask } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPair, SignJWT } from 'jose';
import { besideTheProduct } from './database.js';
import { parse } from './html.js';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { basic, newClient, post, register, request, Visitor } from './relying-party.js';
import type { Client, Json } from './relying-party.js';

let product: Product;
let client: Client;

beforeAll(async () => {
  product = await startProduct();
  client = await newClient(product);
}, 60_000);

afterAll(async () => product.stop());

/** As it travels in an address or a form: nothing that an engine keeps. */
const ENCODED: readonly (readonly [what: string, encoded: string])[] = [
  ['NUL', 'a%00b'],
  ['half a character', 'a%ED%A0%80b'],
  ['bytes that are no UTF-8', 'a%FFb'],
  ['half a sequence of UTF-8', 'a%C3'],
  ['a text without end', 'x'.repeat(9_000)],
];
const UNREADABLE = 'This request cannot be read';

/** An answer without the client's own idea of what an address may hold. */
type Raw = Readonly<{ status: number; type: string; body: string }>;
const raw = (path: string, { form, headers = {} }: Readonly<{ form?: string; headers?: Record<string, string> }> = {}): Promise<Raw> =>
  new Promise((resolve, fail) => {
    const { hostname, port } = new URL(product.origin);
    const sent = ask({ hostname, port, path, method: form === undefined ? 'GET' : 'POST', headers: { accept: 'text/html', ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(form, 'latin1') }), ...headers } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve({ status: answer.statusCode ?? 0, type: answer.headers['content-type'] ?? '', body: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', fail).end(form === undefined ? undefined : Buffer.from(form, 'latin1'));
  });

const pairs = (form: Record<string, string>): string => Object.entries(form).map(([name, value]) => `${name}=${value}`).join('&');
const isPage = ({ status, type, body }: Raw) => [status, type, parse(body).text.includes(UNREADABLE)];
const PAGE = [400, 'text/html; charset=utf-8', true];
const isJson = ({ status, type, body }: Raw) => [status, type, (JSON.parse(body) as Json)['error']];
const JSON_ANSWER = [400, 'application/json; charset=utf-8', 'invalid_request'];

/** Every parameter that the provider's endpoints read, and one that none does. */
const PARAMETERS = [
  'acr_values', 'client_assertion', 'client_assertion_type', 'client_id', 'client_secret', 'claims', 'claims_locales', 'code', 'code_challenge', 'code_challenge_method', 'code_verifier', 'display', 'grant_type', 'id_token_hint', 'login_hint', 'logout', 'max_age', 'nonce',
  'post_logout_redirect_uri', 'prompt', 'redirect_uri', 'refresh_token', 'request', 'request_uri', 'resource', 'response_mode', 'response_type', 'scope', 'state', 'token', 'token_type_hint', 'ui_locales', 'xsrf', 'access_token', 'anything',
];
const rowsOf = async (table: string): Promise<number> => {
  const connection = await besideTheProduct(product);
  const { rows } = await connection.query<{ count: string }>(`select count(*) from authentication.${table}`).finally(() => connection.end());
  return Number(rows[0]!.count);
};

describe('what no engine keeps, in any parameter of the provider', () => {
  it.each(PARAMETERS)('abuse 102: as %s is answered with 400 where a browser asks, as a page, and leaves no row', async (name) => {
    const before = await rowsOf('interactions');
    const { params } = request(client);
    const good = Object.fromEntries(Object.entries(params).map(([key, value]) => [key, encodeURIComponent(value)]));
    for (const [, encoded] of ENCODED) {
      const query = pairs({ ...good, [name]: encoded });
      for (const answer of [await raw(`/oidc/auth?${query}`), await raw('/oidc/auth', { form: query }), await raw(`/oidc/session/end?${name}=${encoded}`), await raw('/oidc/session/end', { form: `${name}=${encoded}` }), await raw('/oidc/session/end/confirm', { form: `${name}=${encoded}` })])
        expect(isPage(answer)).toEqual(PAGE);
    }
    expect(await rowsOf('interactions')).toBe(before);
  });

  it.each(PARAMETERS)('abuse 102: as %s is answered with 400 where a machine asks, as JSON', async (name) => {
    const headers = basic(client);
    for (const [, encoded] of ENCODED) {
      const form = pairs({ grant_type: 'authorization_code', token: 'x', code: 'x', [name]: encoded });
      for (const path of ['token', 'token/introspection', 'token/revocation', 'request', 'me']) expect(isJson(await raw(`/oidc/${path}`, { form, headers }))).toEqual(JSON_ANSWER);
      for (const path of ['me', 'jwks', '.well-known/openid-configuration', 'token']) expect(isJson(await raw(`/oidc/${path}?${name}=${encoded}`, { headers }))).toEqual(JSON_ANSWER);
    }
    expect(await rowsOf('pushed_requests')).toBe(0);
  });

  it('abuse 102: in a name, in a path, in credentials, or as bytes that nobody encoded', async () => {
    for (const [, encoded] of ENCODED) {
      expect(isPage(await raw(`/oidc/auth?${encoded}=x`))).toEqual(PAGE);
      expect(isPage(await raw(`/oidc/auth/${encoded}`))).toEqual(PAGE);
      expect(isJson(await raw(`/oidc/jwks${encoded}`))).toEqual(JSON_ANSWER);
      expect(isJson(await raw('/oidc/token', { form: `grant_type=client_credentials&${encoded}=x` }))).toEqual(JSON_ANSWER);
      const authorization = `Basic ${Buffer.from(`${encoded}:secret`).toString('base64')}`;
      expect(isJson(await raw('/oidc/token', { form: 'grant_type=client_credentials', headers: { authorization } }))).toEqual(JSON_ANSWER);
    }
    for (const bytes of ['a\0b', '\xed\xa0\x80', '\xff']) {
      expect(isJson(await raw('/oidc/token', { form: `grant_type=${bytes}` }))).toEqual(JSON_ANSWER);
      const authorization = `Basic ${Buffer.from(`c:${bytes}`, 'latin1').toString('base64')}`;
      expect(isJson(await raw('/oidc/token', { form: 'grant_type=client_credentials', headers: { authorization } }))).toEqual(JSON_ANSWER);
    }
    expect(isJson(await raw('/oidc/token', { form: Buffer.from('grant_type=x', 'utf16le').toString('latin1'), headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-16le' } }))).toEqual(JSON_ANSWER);
  });

  it('abuse 102: inside a signed text is nobody’s name, and no fault of ours', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const jwt = (claims: Json) => new SignJWT({ iss: 'a\0b', sub: 'a\0b', aud: product.issuer, jti: 'a\0b', exp: 2_000_000_000, ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'a\0b' }).sign(privateKey);
    const client_assertion = await jwt({});
    const form = pairs({ grant_type: 'client_credentials', client_assertion, client_assertion_type: encodeURIComponent('urn:ietf:params:oauth:client-assertion-type:jwt-bearer') });
    for (const path of ['token', 'request', 'token/introspection', 'token/revocation']) expect((await raw(`/oidc/${path}`, { form })).status).toBeLessThan(500);
    const hint = await jwt({ aud: 'a\0b' });
    for (const path of [`auth?${new URLSearchParams({ ...request(client).params, id_token_hint: hint })}`, `session/end?id_token_hint=${hint}`]) expect((await raw(`/oidc/${path}`)).status).toBeLessThan(500);
  });

  it('and every other character of a state comes back as it was sent', async () => {
    const state = 'a b+c%&=ü語👩';
    const answer = await new Visitor(product).authorize(request(client, { state, prompt: 'none' }).params);
    expect([answer.sentTo?.get('state'), answer.sentTo?.get('error')]).toEqual([state, 'login_required']);
    const pushed = await post(product, 'request', request(client, { state, prompt: 'none' }).params, basic(client));
    const sent = await new Visitor(product).authorize({ client_id: client.id, request_uri: String(pushed.body['request_uri']) });
    expect([pushed.status, sent.sentTo?.get('state')]).toEqual([201, state]);
  });
});

describe('what no engine keeps, sent to a page', () => {
  const PATHS = (at: string, uid: string) => [
    `/i/${at}`, `/i/${at}/register`, `/i/${at}/allow`, `/i/${uid}/${at}`, `/register/${at}`, `/recover/${at}`, `/account/${at}`, `/account/purposes/${at}`, `/account/applications/${at}/remove`, `/account/sessions/${at}/end`, `/assets/${at}`, `/mail/${at}`, `/${at}`,
  ];

  it('abuse 102: in its path, its query or its form is answered with 400 in our face', async () => {
    const visitor = new Visitor(product);
    const { address } = await visitor.authorize(request(client).params);
    const uid = address.pathname.split('/')[2]!;
    const cookie = [...visitor.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ');
    for (const [what, encoded] of ENCODED) {
      for (const path of PATHS(encoded, uid)) {
        const get = await raw(path, { headers: { cookie } });
        expect([path.slice(0, 60), what, ...isPage(get)]).toEqual([path.slice(0, 60), what, ...PAGE]);
        expect(isPage(await raw(path, { form: 'a=b', headers: { cookie } }))).toEqual(PAGE);
      }
      for (const path of PATHS('abc', uid).concat(`/i/${uid}`, `/i/${uid}/register`, `/i/${uid}/recover`, `/i/${uid}/code`, '/account', '/account/callback', '/account/name', '/account/password')) {
        expect(isPage(await raw(`${path}?notice=${encoded}`, { headers: { cookie } }))).toEqual(PAGE);
        for (const form of [`email=${encoded}`, `${encoded}=x`, `password=x&password=${encoded}`]) expect(isPage(await raw(path, { form, headers: { cookie, origin: product.origin } }))).toEqual(PAGE);
      }
    }
    const json = await raw(`/i/${uid}`, { form: '{"email":"a\\u0000b"}', headers: { cookie, 'content-type': 'application/json' } });
    expect(isPage(json)).toEqual(PAGE);
  }, 120_000);

  it('abuse 102: in a cookie is nobody’s session', async () => {
    for (const value of ['a%00b', 'a%ED%A0%80', '\xff', 'x'.repeat(5_000)])
      for (const path of ['/account', '/oidc/auth', '/oidc/session/end', '/i/abc', '/register/abc'])
        for (const name of ['symbolon_session', 'symbolon_interaction', 'symbolon_resume', 'symbolon_browser', 'symbolon_device']) expect((await raw(path, { headers: { cookie: `${name}=${value}; ${name}.sig=${value}` } })).status).toBeLessThan(500);
  });

  it('and a browser whose own name holds control characters, or has no end, signs in all the same', async () => {
    const first = await newClient(product, { party: 'first' });
    for (const userAgent of ['Odd\t\x85Browser', 'x'.repeat(8_000)]) expect((await register(product, first, { userAgent })).stop.sentTo?.get('code')).toBeTruthy();
  });
});

type Schema = Readonly<{ type?: string; properties?: Record<string, Schema>; items?: Schema; anyOf?: Schema[]; enum?: unknown[]; const?: unknown; format?: string; pattern?: string; minimum?: number }>;
type Operation = Readonly<{ parameters: readonly Readonly<{ name: string; in: string; schema: Schema }>[]; requestBody?: Readonly<{ content: Readonly<Record<string, Readonly<{ schema: Schema }>>> }> }>;
type Place = Readonly<{ field: string; with(text: string): unknown }>;

const CANDIDATES = ['account', 'shop:read', '01'.repeat(10), '2026-01-01', 'A'];

/** Something that this schema takes. */
function sample(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return sample(schema.anyOf[0]!);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, member]) => [name, sample(member)]));
    case 'array':
      return schema.items ? [sample(schema.items)] : [];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    default:
      if (schema.format === 'uuid') return crypto.randomUUID();
      if (schema.format === 'uri') return 'https://shop.example/';
      return CANDIDATES.find((text) => schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(text)) ?? 'a';
  }
}

/** Every place of a body where a text goes, also where a schema takes only some texts. */
function* places(schema: Schema, field = ''): Generator<Place> {
  if (schema.anyOf) return yield* places(schema.anyOf.find(({ type }) => type !== 'null') ?? {}, field);
  if (schema.type === 'array' && schema.items) for (const { field: at, with: put } of places(schema.items, `${field}.0`)) yield { field: at, with: (text) => [put(text)] };
  else if (schema.type === 'object') {
    for (const [name, member] of Object.entries(schema.properties ?? {}))
      for (const { field: at, with: put } of places(member, field === '' ? name : `${field}.${name}`)) yield { field: at, with: (text) => ({ ...(sample(schema) as object), [name]: put(text) }) };
    yield { field, with: (text) => ({ ...(sample(schema) as object), [text]: 'x' }) }; // a name is a text too
  } else if (schema.type === 'string' || schema.type === undefined) yield { field, with: (text) => text };
}

const TEXTS: readonly (readonly [string, string])[] = [
  ['nul', 'a\0b'],
  ['half_a_character', 'a\ud800b'],
  ['control_character', 'a\u0001b'],
  ['control_character', 'a\u0085b'],
  ['too_long', 'x'.repeat(9_000)],
];
const SERVICES = [...readdirSync(fileURLToPath(new URL('../services', import.meta.url))).filter((name) => name !== 'embedded'), 'operations'];
const SCOPES = 'profiles:read profiles:write consent:read consent:write purposes:write clients:read clients:write operations:write';

describe.each(SERVICES)('what a read table could not keep, sent to the API of %s', (service) => {
  let operations: readonly Readonly<{ method: string; path: string; operation: Operation }>[];
  let authorization: string;
  beforeAll(async () => {
    const document = (await (await fetch(`${product.origin}/api/${service}/v1/openapi.json`)).json()) as Readonly<{ paths: Record<string, Record<string, Operation>> }>;
    operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })));
    authorization = `Bearer ${await machineToken(product, SCOPES)}`;
  });

  const filled = ({ path, operation }: (typeof operations)[number], over: Readonly<Record<string, string>> = {}): string =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => over[name] ?? encodeURIComponent(String(sample(operation.parameters.find((one) => one.name === name)?.schema ?? {}))));
  const send = async (method: string, path: string, body?: string | Uint8Array): Promise<Readonly<{ status: number; problem: Json }>> => {
    const answer = await fetch(`${product.origin}${path}`, { method, headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: body as BodyInit }) });
    return { status: answer.status, problem: (await answer.json().catch(() => ({}))) as Json };
  };
  const refused = (field: string, rule: string) => ({ status: 400, problem: { type: 'web/invalid', errors: [{ field, rule }] } });

  it('abuse 102: in any text of any body is refused by its field, at once', async () => {
    for (const one of operations) {
      const schema = one.operation.requestBody?.content['application/json']?.schema;
      if (!schema) continue;
      for (const { field, with: put } of places(schema)) for (const [rule, text] of TEXTS) expect({ at: `${one.method} ${one.path} ${field}`, ...(await send(one.method, filled(one), JSON.stringify(put(text)))) }).toMatchObject({ at: `${one.method} ${one.path} ${field}`, ...refused(field, rule) });
      expect((await send(one.method, filled(one), Buffer.from('{"a":"\xff"}', 'latin1'))).status).toBe(400);
    }
  }, 120_000);

  it('abuse 102: in any parameter of any address is refused by its field, at once', async () => {
    for (const one of operations) {
      const schema = one.operation.requestBody?.content['application/json']?.schema;
      const body = schema && JSON.stringify(sample(schema));
      for (const [what, encoded] of [...ENCODED, ['a control character', 'a%01b'] as const]) {
        for (const { name, in: at } of one.operation.parameters) {
          const path = at === 'path' ? filled(one, { [name]: encoded }) : `${filled(one)}?${name}=${encoded}`;
          expect({ at: `${one.method} ${one.path} ${name} ${what}`, ...(await send(one.method, path, body)) }).toMatchObject({ at: `${one.method} ${one.path} ${name} ${what}`, status: 400, problem: { type: 'web/invalid' } });
        }
        expect((await send(one.method, `${filled(one)}?anything=${encoded}`, body)).status).toBe(400);
        expect((await send(one.method, `${filled(one)}?${encoded}=x`, body)).status).toBe(400);
      }
    }
  }, 120_000);
});

/** What was taken once, parked the stream that it lay in, and stopped everybody’s followers. */
it.each<[what: string, path: () => string, body: (text: string) => Json, field: string]>([
  ['a scope that somebody allows', () => `consent/v1/authorizations?subject=${crypto.randomUUID()}`, (text) => ({ clientId: client.id, scopes: ['openid', text] }), 'scopes.1'],
  ['the reason of a disabling', () => `authentication/v1/clients/${client.id}/disable`, (text) => ({ reason: text }), 'reason'],
  ['a resource of an application', () => 'authentication/v1/clients', (text) => ({ name: 'Shop', redirectUris: ['https://shop.example/cb'], resources: [`https://api.example/${text}`] }), 'resources.0'],
  ['the title of a purpose', () => 'consent/v1/purposes', (text) => ({ purpose: 'shopping', basis: 'consent', claims: [], textVersion: 1, title: text, text: 'Why.' }), 'title'],
  ['the text of a purpose', () => 'consent/v1/purposes', (text) => ({ purpose: 'shopping', basis: 'consent', claims: [], textVersion: 1, title: 'Shopping', text }), 'text'],
])('abuse 102: a NUL in %s is refused by its field', async (_, path, body, field) => {
  const headers = { authorization: `Bearer ${await machineToken(product, SCOPES)}`, 'content-type': 'application/json' };
  const answer = await fetch(`${product.origin}/api/${path()}`, { method: 'POST', headers, body: JSON.stringify(body('a\0b')) });
  expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ type: 'web/invalid', errors: [expect.objectContaining({ field, rule: 'nul' })] })]);
});

it('a text that people read keeps its line feeds and tabs, from the request to the read table', async () => {
  const purpose = `p${crypto.randomUUID().slice(0, 8)}`;
  const headers = { authorization: `Bearer ${await machineToken(product, 'purposes:write')}`, 'content-type': 'application/json' };
  const text = 'First line\n\tand second';
  const publish = (title: string) => fetch(`${product.origin}/api/consent/v1/purposes`, { method: 'POST', headers, body: JSON.stringify({ purpose, basis: 'consent', claims: [], textVersion: 1, title, text }) });
  expect((await publish('Two\nlines')).status).toBe(400);
  const published = await publish('One line');
  expect(published.status).toBe(201);
  const listed = (await (await fetch(`${product.origin}/api/consent/v1/purposes?after=${published.headers.get('symbolon-position')}`, { headers })).json()) as { purposes: Json[] };
  expect(listed.purposes.find((one) => one['purpose'] === purpose)).toMatchObject({ text });
});
