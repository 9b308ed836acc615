import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { basic, newClient, post, request, Visitor } from './relying-party.js';
import type { Client } from './relying-party.js';

let product: Product;
let client: Client;

beforeAll(async () => {
  product = await startProduct();
  client = await newClient(product);
}, 60_000);

afterAll(async () => {
  await product.stop();
});

const without = (name: string, over: Record<string, string> = {}) => {
  const { [name]: _, ...params } = request(client, over).params as Record<string, string>;
  return params;
};

it('a request without response_type is told so at its redirect address, with state and iss (RFC 6749 section 4.1.2.1, RFC 9207)', async () => {
  const params = without('response_type');
  const { sentTo } = await new Visitor(product).authorize(params);
  expect(Object.fromEntries(sentTo ?? [])).toEqual({ error: 'invalid_request', error_description: expect.stringContaining('response_type'), state: params['state'], iss: product.issuer });
});

it('a request without response_type and without a registered redirect address leads nowhere', async () => {
  const stop = await new Visitor(product).authorize(without('response_type', { redirect_uri: 'https://evil.tld/' }));
  expect([stop.status, stop.sentTo]).toEqual([400, undefined]);
});

it('a pushed request without response_type is told so too', async () => {
  const { status, body } = await post(product, 'request', without('response_type'), basic(client));
  expect([status, body]).toEqual([400, expect.objectContaining({ error: 'invalid_request', error_description: expect.stringContaining('response_type') })]);
});
