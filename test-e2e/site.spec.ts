// The first page, the page of the API documents, addresses where nothing is, and the documents themselves.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parse } from './html.js';
import { subjectOf, tokensOf } from './people.js';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { newClient, register } from './relying-party.js';

type Answer = { description: string; headers?: Record<string, object>; content?: Record<string, { schema: object }> };
type Operation = { operationId: string; summary: string; parameters: { name: string; in: string }[]; requestBody?: object; responses: Record<string, Answer> };
type Document = { paths: Record<string, Record<string, Operation>>; components: object };

const SERVICES = ['authentication', 'profiles', 'consent', 'operations'];
const EVERY_SCOPE = 'profiles:read profiles:write consent:read consent:write accounts:read accounts:write clients:read clients:write purposes:write operations:write';

let product: Product;
let subject: string;

beforeAll(async () => {
  product = await startProduct();
  const client = await newClient(product, { party: 'first' });
  const { visitor } = await register(product, client);
  subject = subjectOf(await tokensOf(product, visitor, client));
}, 60_000);

afterAll(() => product.stop());

const get = (path: string, accept: string, headers: Record<string, string> = {}) => fetch(`${product.origin}${path}`, { redirect: 'manual', headers: { accept, ...headers } });
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const documentOf = async (service: string) => (await (await get(`/api/${service}/v1/openapi.json`, 'application/json')).json()) as Document;

async function operations(): Promise<readonly (readonly [string, string, Operation])[]> {
  const documents = await Promise.all(SERVICES.map(documentOf));
  return documents.flatMap(({ paths }) => Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => [method, path, operation] as const)));
}

describe('a browser', () => {
  it('that comes to the origin sees what this is and where to go', async () => {
    const answer = await get('/', BROWSER);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const html = await answer.text();
    for (const link of ['/account', '/api', product.sample]) expect(html).toContain(`href="${link}"`);
  });

  it('reads every route of every API on a page of ours that needs no script and nothing from elsewhere', async () => {
    const answer = await get('/api', BROWSER);
    const html = await answer.text();
    expect(answer.status).toBe(200);
    const [policy, { text }] = [answer.headers.get('content-security-policy'), parse(html)];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(html).not.toMatch(/<script|style=|<style/);
    for (const [method, path, { summary }] of await operations()) expect(text).toContain(`${method.toUpperCase()} ${path} ${summary.replaceAll('’', '’')}`);
  });

  it.each(['/nothing', '/assets/nothing.css', '/mail/nothing', '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200'])('is shown a page where nothing is, and a program a problem: %s', async (path) => {
    const [page, problem] = [await get(path, BROWSER), await get(path, 'application/json')];
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(parse(await page.text()).text).toContain('There is nothing here');
    expect([problem.status, problem.headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8']);
  });

  it('gets a problem from a route of an API all the same', async () => {
    const answer = await get('/api/authentication/v1/clients', BROWSER);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'application/problem+json; charset=utf-8']);
  });

  it('finds where a password is changed at the well-known address', async () => {
    const answer = await get('/.well-known/change-password', BROWSER);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/account/password']);
  });
});

describe('a request without a body that names a content type', () => {
  it.each([
    ['DELETE', (id: string) => `/api/authentication/v1/accounts/${id}/roles/support`],
    ['PUT', (id: string) => `/api/authentication/v1/accounts/${id}/roles/support`],
    ['POST', (id: string) => `/api/authentication/v1/accounts/${id}/sessions/end`],
  ])('is not malformed: %s', async (method, path) => {
    const authorization = `Bearer ${await machineToken(product, EVERY_SCOPE)}`;
    expect((await fetch(`${product.origin}${path(subject)}`, { method, headers: { authorization, 'content-type': 'application/json' } })).status).toBe(200);
  });

  it('is told what it lacks where a body is needed', async () => {
    const answer = await fetch(`${product.origin}/api/authentication/v1/clients`, { method: 'POST', headers: { authorization: `Bearer ${await machineToken(product, EVERY_SCOPE)}`, 'content-type': 'application/json' } });
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ type: 'web/invalid' })]);
  });
});

describe('an API document', () => {
  it('names of every route each answer’s schema and every status that can happen', async () => {
    const wrong: string[] = [];
    for (const [method, path, { summary, parameters, requestBody, responses, operationId }] of await operations()) {
      const at = `${method} ${path}`;
      const statuses = Object.keys(responses);
      const needed = ['401', '403', '503', ...(path.includes('{') ? ['404'] : []), ...(requestBody ? ['400', '413', '415'] : [])];
      for (const status of needed) if (!statuses.includes(status)) wrong.push(`${at}: no ${status}`);
      if (!statuses.some((status) => status.startsWith('2'))) wrong.push(`${at}: no success`);
      if (summary === operationId) wrong.push(`${at}: no summary`);
      for (const [status, { content, description }] of Object.entries(responses)) {
        const schemas = Object.values(content ?? {}).map(({ schema }) => Object.keys(schema).length);
        if (schemas.length === 0 || schemas.includes(0)) wrong.push(`${at} ${status}: no schema`);
        if (description === '') wrong.push(`${at} ${status}: no words`);
      }
      const headers = parameters.filter((one) => one.in === 'header').map(({ name }) => name);
      if (headers.includes('Idempotency-Key') && !statuses.includes('422')) wrong.push(`${at}: no 422`);
      if (headers.includes('If-Match') !== statuses.includes('412')) wrong.push(`${at}: If-Match and 412 do not go together`);
    }
    expect(wrong).toEqual([]);
  });

  it('names the headers that a change takes', async () => {
    const changes = (await operations()).filter(([method, path]) => method !== 'get' && !path.startsWith('/api/operations/') && !/\/(find|rotate)$/.test(path));
    expect(changes.length).toBeGreaterThan(15);
    expect(changes.filter(([, , { parameters }]) => !parameters.some(({ name }) => name === 'Idempotency-Key')).map(([method, path]) => `${method} ${path}`)).toEqual([]);
  });

  it('is what the routes really answer', async () => {
    const token = await machineToken(product, EVERY_SCOPE);
    const headers = { authorization: `Bearer ${token}` };
    const values: Record<string, string> = { accountId: subject, subject, clientId: 'account' };
    const seen: string[] = [];
    for (const [method, path, { parameters, responses }] of await operations()) {
      if (method !== 'get') continue;
      const address = path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? name);
      const answer = await get(`${address}${parameters.some(({ name }) => name === 'subject' && !path.includes('{subject}')) ? `?subject=${subject}` : ''}`, 'application/json', headers);
      const schema = z.fromJSONSchema(responses['200']!.content!['application/json']!.schema as never);
      const fits = schema.safeParse(await answer.json());
      seen.push(`${path} ${answer.status} ${fits.success ? 'fits' : z.prettifyError(fits.error)}`);
    }
    expect(seen.length).toBeGreaterThan(8);
    expect(seen.filter((one) => !one.endsWith(' 200 fits'))).toEqual([]);
  });
});
