import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Client as Connection } from 'pg';
import { besideTheProduct } from './database.js';
import { parse } from './html.js';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { Visitor, newClient, register, request } from './relying-party.js';
import type { Client, Stop } from './relying-party.js';
import { mailedCode, somebody } from './visits.js';
import type { Account } from './visits.js';

/** A request has three seconds; the rest is for a busy machine. */
const GUARD = 6_000;

type Answered = Readonly<{ what: string; status: number; milliseconds: number; retryAfter: string | null }>;

let product: Product;
let owner: Connection;
let client: Client;
let account: Account;
let person: Visitor;
const answers: Answered[] = [];
const untimed = globalThis.fetch;

/** Every request of this file is timed, also each step of a visit. */
async function timed(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
  const began = performance.now();
  const answer = await untimed(input, init);
  answers.push({ what: `${init?.method ?? 'GET'} ${new URL(String(input)).pathname}`, status: answer.status, milliseconds: performance.now() - began, retryAfter: answer.headers.get('retry-after') });
  return answer;
}

beforeAll(async () => {
  product = await startProduct({ environment: { SYMBOLON_REQUEST_DEADLINE: '3000' } });
  owner = await besideTheProduct(product);
  client = await newClient(product, {});
  ({ visitor: person, account } = await register(product, client));
}, 120_000);
afterAll(async () => {
  globalThis.fetch = untimed;
  await owner?.end();
  await product?.stop();
});

/** A visit that stands before the button that ends it. */
const atSignIn = async (): Promise<() => Promise<Stop>> => {
  const visitor = person.copy(); // on a device that is known, where the password is enough
  const page = await visitor.authorize(request(client, { prompt: 'login' }).params);
  return () => visitor.press(page, 'Sign in', { login: account.email, password: account.password });
};
const atRegistrationCode = async (): Promise<() => Promise<Stop>> => {
  const [visitor, newcomer] = [new Visitor(product), somebody()];
  const signIn = await visitor.authorize(request(client).params);
  const page = await visitor.press(await visitor.go(`${signIn.address.pathname}/register`), 'Create account', { email: newcomer.email, password: newcomer.password, first_name: 'Ada', last_name: 'Lovelace' });
  const code = await mailedCode(product, newcomer.email);
  return () => visitor.press(page, 'Continue', { code });
};

/** Each form of the account page but the one that ends the session, as it is. */
const atAccount = async (): Promise<(() => Promise<Stop>)[]> => {
  const page = await person.go('/account');
  const forms = parse(page.html).forms.filter(({ action }) => !/sign-out|sessions/.test(action));
  return forms.map(({ action, inputs, buttons }) => () => {
    const fields = [...inputs.filter(({ type }) => type !== 'checkbox'), ...buttons.slice(0, 1)].filter(({ name }) => name);
    return person.copy().go(new URL(action, page.address), { ...Object.fromEntries(fields.map(({ name, value }) => [name, value])), ...(/name/.test(action) ? { first_name: 'Grace', last_name: 'Hopper' } : {}) });
  });
};

type Operation = Readonly<{ method: string; path: string; body?: object }>;

/** Every route of the API documents, with an identifier that is somebody's where it asks for one. */
async function operations(subject: string): Promise<readonly Operation[]> {
  const ids: Readonly<Record<string, string>> = { subject, clientId: client.id, purpose: 'profile', name: 'first_name' };
  const bodies: Readonly<Record<string, object>> = {
    'POST /api/authentication/v1/clients': { name: 'Frozen', redirectUris: ['https://shop.example/callback'], postLogoutRedirectUris: [], purposes: ['account'] },
    'PATCH /api/authentication/v1/clients/{clientId}': { name: 'Frozen' },
    'POST /api/consent/v1/consents': { purpose: 'profile', textVersion: 1 },
    'PATCH /api/profiles/v1/profiles/{subject}': { first_name: 'Grace' },
  };
  const found: Operation[] = [];
  for (const service of ['authentication', 'profiles', 'consent']) {
    const { paths } = (await (await fetch(`${product.origin}/api/${service}/v1/openapi.json`)).json()) as { paths: Record<string, Record<string, object>> };
    for (const [path, methods] of Object.entries(paths))
      for (const method of Object.keys(methods).map((name) => name.toUpperCase()))
        found.push({ method, path: path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'none') + (/consent\/v1\/(consents|authorizations)/.test(path) ? `?subject=${subject}` : ''), ...(method === 'GET' || method === 'DELETE' ? {} : { body: bodies[`${method} ${path}`] ?? {} }) });
  }
  return found;
}

it('while the event log stands still, every page and route answers within its three seconds, and what it cannot do is 503 with Retry-After', async () => {
  const token = await machineToken(product, 'profiles:read profiles:write consent:read consent:write accounts:read accounts:write clients:read clients:write purposes:write operations:write');
  const { rows } = await owner.query<{ subject: string }>("select subject from authentication.claims_v1 order by subject limit 1");
  const apis = await operations(rows[0]!.subject);
  const [signIns, codes, forms] = [await Promise.all([1, 2, 3].map(atSignIn)), await Promise.all([1, 2].map(atRegistrationCode)), await atAccount()];
  expect([apis.length > 15, forms.length > 2]).toEqual([true, true]);
  globalThis.fetch = timed as typeof fetch;
  await owner.query('begin');
  await owner.query('lock table es.events in access exclusive mode');
  const call = ({ method, path, body }: Operation) =>
    fetch(`${product.origin}${path}`, { method, headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) });
  const visits = await Promise.all([...signIns, ...codes, ...forms].map((press) => press()));
  const called = await Promise.all(apis.map(call));
  await Promise.all(['/account', '/account/password', '/mail', '/oidc/.well-known/openid-configuration', '/oidc/jwks'].map((path) => person.copy().go(path)));
  await new Visitor(product).authorize(request(client).params);
  await owner.query('rollback');
  globalThis.fetch = untimed;
  const late = answers.filter(({ milliseconds }) => milliseconds > GUARD);
  const raw = answers.filter(({ status, retryAfter }) => status === 500 || (status === 503 && !retryAfter));
  expect([late, raw]).toEqual([[], []]);
  expect(visits.slice(0, signIns.length + codes.length).map(({ status }) => status)).toEqual([...signIns, ...codes].map(() => 503));
  expect(called.filter(({ status }) => status === 503).length).toBeGreaterThan(5);
  const after = await (await atSignIn())();
  expect(after.sentTo?.get('code')).toBeTruthy(); // nothing of it stays behind
}, 180_000);
