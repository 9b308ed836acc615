import { decodeJwt } from 'jose';
import { machineToken } from './product.js';
import type { Product } from './product.js';
import { answered, exchange, newClient, register, request } from './relying-party.js';
import type { Client, Json, Visitor } from './relying-party.js';
import type { Account } from './visits.js';

/** Scopes of our own APIs for what is a person's own. */
export const OWN = ['profiles:read', 'profiles:write', 'consent:read', 'consent:write'];

type At = Pick<Product, 'origin' | 'issuer' | 'admin'>;
type Answer = { status: number; body: Json };

/** A call of our own APIs with this token. */
export async function call({ origin }: Pick<At, 'origin'>, token: string, method: string, path: string, body?: object): Promise<Answer> {
  const answer = await fetch(`${origin}/api/${path}`, { method, headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: answer.status, body: (await answer.json().catch(() => ({}))) as Json };
}

/** A call by the operator's machine, with a token that holds these scopes. */
export const operate = async (product: At, scope: string, method: string, path: string, body?: object): Promise<Answer> => call(product, await machineToken(product, scope), method, path, body);

/** A token of a person for one API, after whatever is to be answered. */
export async function tokenOf(visitor: Visitor, client: Client, { scope, resource = `${visitor.product.origin}/api` }: { scope: string; resource?: string }): Promise<string> {
  const { params, verifier } = request(client, { scope, resource });
  const stop = await answered(visitor, await visitor.authorize(params));
  const { body } = await exchange(visitor.product as Product, client, stop.sentTo?.get('code'), verifier, { resource });
  return String(body['access_token']);
}

/** Somebody new at an application, with a token for what is their own at our APIs. */
export type Customer = Readonly<{ client: Client; visitor: Visitor; account: Account; token: string; subject: string }>;

/** `ticked` are values of purpose boxes on the Allow page. */
export async function customer(product: Product, ticked?: string): Promise<Customer> {
  const client = await newClient(product, { scopes: ['openid', 'email', 'profile', ...OWN] });
  const { visitor, account } = await register(product, client, { over: { scope: 'openid email profile' }, ...(ticked === undefined ? {} : { ticked }) });
  const token = await tokenOf(visitor, client, { scope: `openid ${OWN.join(' ')}` });
  return { client, visitor, account, token, subject: String(decodeJwt(token).sub) };
}
