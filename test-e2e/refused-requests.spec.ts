import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from './html.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { basic, CALLBACK, newClient, post, request, Visitor } from './relying-party.js';
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

/** A request object that nobody signed. */
const unsigned = (claims: object) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;

it('abuse 36: a request object is refused the way that it asked for: an application that waits for a form gets one', async () => {
  const { params } = request(client);
  const stop = await new Visitor(product).authorize({ ...params, request: unsigned({ ...params, response_mode: 'form_post' }) });
  const form = parse(stop.html).forms[0];
  expect([form?.action, form?.inputs.find(({ name }) => name === 'error')?.value, form?.inputs.find(({ name }) => name === 'state')?.value]).toEqual([CALLBACK, 'request_not_supported', params['state']]);
});

it.each([['nothing', {}], ['a way that nobody has', { response_mode: 'carrier_pigeon' }], ['a list', { response_mode: ['form_post'] }]])('abuse 36: a request object that asks for %s is refused in the address', async (_, claims) => {
  const { params } = request(client);
  const { sentTo } = await new Visitor(product).authorize({ ...params, request: unsigned(claims) });
  expect(sentTo?.get('error')).toBe('request_not_supported');
});

it.each(['x', 'x.y.z', 'a.bnVsbA.', '..'])('abuse 36: what is no request object (%s) is refused too', async (wrong) => {
  const { sentTo } = await new Visitor(product).authorize({ ...request(client).params, request: wrong });
  expect(sentTo?.get('error')).toBe('request_not_supported');
});
