import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { answered, basic, CALLBACK, newClient, post, register } from './relying-party.js';
import type { Json, Visitor } from './relying-party.js';
import { symbolon } from './symbolon.js';

let product: Product;
let visitor: Visitor;

beforeAll(async () => {
  product = await startProduct();
  ({ visitor } = await register(product, await newClient(product)));
}, 60_000);

afterAll(async () => {
  await product.stop();
});

const send = async (path: string, method: string, body: object, scope = 'clients:write') => {
  const headers = { authorization: `Bearer ${await machineToken(product, scope)}`, 'content-type': 'application/json' };
  const answer = await fetch(`${product.origin}/api/authentication/v1/clients${path}`, { method, headers, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Json };
};
const asks = (id: string, over: Record<string, string>) => visitor.authorize({ client_id: id, response_type: 'code', redirect_uri: CALLBACK, state: 's', ...over });

describe('a confidential client that staff registered without PKCE', () => {
  it('signs people in with a nonce, or where it asks for no ID token, and not otherwise', async () => {
    const old = await newClient(product, { pkce: 'optional', party: 'first', scopes: ['openid', 'orders:read'], resources: ['https://orders.example/api'] });
    const stop = await asks(old.id, { scope: 'openid', nonce: 'n-0S6' });
    const tokens = await post(product, 'token', { grant_type: 'authorization_code', code: stop.sentTo!.get('code')!, redirect_uri: CALLBACK }, basic(old));
    expect(decodeJwt(String(tokens.body['id_token']))['nonce']).toBe('n-0S6');
    expect((await asks(old.id, { scope: 'orders:read', resource: 'https://orders.example/api' })).sentTo?.get('code')).toBeTruthy();
    const refused = await asks(old.id, { scope: 'openid' });
    expect(Object.fromEntries(refused.sentTo!)).toMatchObject({ error: 'invalid_request', error_description: expect.stringContaining('nonce'), state: 's' });
  });

  it('abuse 10: is never a public one, nor one that was not registered so', async () => {
    expect(await send('', 'POST', { name: 'x', redirectUris: [CALLBACK], authenticationMethod: 'none', pkce: 'optional' })).toMatchObject({ status: 422, body: { type: 'authentication/pkce_needed', detail: expect.any(String) } });
    const old = await newClient(product, { pkce: 'optional' });
    expect((await send(`/${old.id}`, 'PATCH', { authenticationMethod: 'none' })).status).toBe(422);
    for (const authenticationMethod of ['none', 'client_secret']) {
      const { id } = await newClient(product, { party: 'first', authenticationMethod });
      expect((await asks(id, { scope: 'openid', nonce: 'n' })).sentTo?.get('error')).toBe('invalid_request');
    }
  });

  it('abuse 10: is not made so by a machine that may only write clients', async () => {
    const maker = await newClient(product, { grantTypes: ['client_credentials'], scopes: ['clients:write'], redirectUris: [], postLogoutRedirectUris: [] });
    const { body } = await post(product, 'token', { grant_type: 'client_credentials', scope: 'clients:write' }, basic(maker));
    const headers = { authorization: `Bearer ${String(body['access_token'])}`, 'content-type': 'application/json' };
    const at = `${product.origin}/api/authentication/v1/clients`;
    const make = (pkce: string) => fetch(at, { method: 'POST', headers, body: JSON.stringify({ name: 'x', redirectUris: [CALLBACK], pkce }) });
    expect([(await make('optional')).status, (await make('required')).status]).toEqual([403, 201]);
    const { id } = await newClient(product);
    expect((await fetch(`${at}/${id}`, { method: 'PATCH', headers, body: JSON.stringify({ pkce: 'optional' }) })).status).toBe(403);
  });

  it('is told what that costs, over the API and by command', async () => {
    const made = await send('', 'POST', { name: 'x', redirectUris: [CALLBACK], pkce: 'optional' });
    expect(made.body['warnings']).toEqual([expect.stringContaining('nonce')]);
    expect((await send('', 'POST', { name: 'x', redirectUris: [CALLBACK] })).body).not.toHaveProperty('warnings');
    const { printed } = await symbolon(product, 'client', 'create', '--name', 'Webmail', '--no-pkce', '--redirect-uri', CALLBACK);
    expect(printed).toContain('Warning: Without PKCE');
  }, 30_000);

  it('abuse 10: that sends a code_challenge all the same is held to it', async () => {
    const old = await newClient(product, { pkce: 'optional', party: 'first' });
    const stop = await answered(visitor, await asks(old.id, { scope: 'openid', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }));
    const code = stop.sentTo!.get('code')!;
    expect((await post(product, 'token', { grant_type: 'authorization_code', code, redirect_uri: CALLBACK }, basic(old))).body).toMatchObject({ error: 'invalid_grant' });
  });
});
