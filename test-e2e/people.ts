import { decodeJwt } from 'jose';
import { expect } from '@jest/globals';
import { parse } from './html.js';
import { machineToken } from './product.js';
import type { Product } from './product.js';
import { codeOf, exchange, request, Visitor } from './relying-party.js';
import type { Client, Json, Stop } from './relying-party.js';
import { mails } from './visits.js';
import type { Account, Mail } from './visits.js';

/** The way back from our pages to the application. */
export const WAY_BACK = /\/oidc\/auth\/[\w-]+$/;

/** Everything that was mailed to an address by now, once there are `count` mails; the newest first. */
export async function mailed(product: Pick<Product, 'origin'>, to: string, count: number): Promise<readonly Mail[]> {
  for (const until = Date.now() + 15_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const found = await mails(product, to);
    if (found.length >= count) return found;
  }
  throw new Error(`fewer than ${count} mails to ${to}: ${(await mails(product, to)).map(({ subject }) => subject).join(', ')}`);
}

const idsTo = async (product: Pick<Product, 'origin'>, to: string): Promise<ReadonlySet<string>> => new Set((await mails(product, to)).map(({ id }) => id));

/** Code and link of a mail that was not there `before`; notices without a code do not count. */
async function codeSince(product: Pick<Product, 'origin'>, to: string, before: ReadonlySet<string>): Promise<{ code: string; link: string | undefined }> {
  for (const until = Date.now() + 15_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 50))) {
    for (const { id, text } of await mails(product, to)) {
      const code = before.has(id) ? undefined : /^\s*(\d{6})\s*$/m.exec(text)?.[1];
      if (code !== undefined) return { code, link: /https?:\/\/\S+/.exec(text)?.[0] };
    }
  }
  throw new Error(`no new code to ${to}: ${(await mails(product, to)).map(({ subject }) => subject).join(', ')}`);
}

/** Email and password at the page of a visit, and the mailed code where it is asked for. */
export async function passwordAndCode(product: Product, visitor: Visitor, page: Stop, { email, password }: Pick<Account, 'email' | 'password'>): Promise<Stop> {
  const before = await idsTo(product, email);
  const next = await visitor.press(page, 'Sign in', { login: email, password });
  return next.address.pathname.endsWith('/confirm') ? visitor.press(next, 'Continue', { code: (await codeSince(product, email, before)).code }) : next;
}

/** Signs in to an application in this browser; the answer is where that ends. */
export async function signIn(product: Product, visitor: Visitor, client: Client, account: Pick<Account, 'email' | 'password'>, over: Record<string, string> = {}): Promise<Stop> {
  const page = await visitor.authorize(request(client, over).params);
  return page.sentTo ? page : passwordAndCode(product, visitor, page, account);
}

/** Code and link of a recovery that is begun in this browser; the page waits for the code. */
export async function beginRecovery(product: Product, visitor: Visitor, client: Client, email: string): Promise<{ page: Stop; code: string; link: string }> {
  const at = await visitor.authorize(request(client, { prompt: 'login' }).params);
  const form = await visitor.go(`${at.address.pathname.replace(/\/(confirm|recover|register).*/, '')}/recover`);
  const before = await idsTo(product, email);
  const page = await visitor.press(form, 'Continue', { email });
  const { code, link } = await codeSince(product, email, before);
  return { page, code, link: link! };
}

/** Chooses a new password by a mailed code. */
export async function recover(product: Product, visitor: Visitor, client: Client, email: string, password: string): Promise<Stop> {
  const { page, code } = await beginRecovery(product, visitor, client, email);
  const form = await visitor.press(page, 'Continue', { code });
  return visitor.press(form, 'Set password', { password });
}

/** A browser that is at the form for a new password, whose session gave its password just now. */
export async function passwordForm(product: Product, visitor: Visitor, account: Pick<Account, 'email' | 'password'>): Promise<Stop> {
  const page = await visitor.go('/account/password');
  return parse(page.html).text.includes('Change your password') ? page : passwordAndCode(product, visitor, page, account);
}

/** Chooses a new password in a session. */
export async function changePassword(product: Product, visitor: Visitor, account: Pick<Account, 'email' | 'password'>, password: string): Promise<Stop> {
  return visitor.press(await passwordForm(product, visitor, account), 'Change password', { password });
}

/** Tokens for somebody who is signed in and was asked before. */
export async function tokensOf(product: Product, visitor: Visitor, client: Client, over: Record<string, string> = {}, atToken: Record<string, string> = {}): Promise<Json> {
  const { code, verifier } = await codeOf(visitor, client, over);
  const { status, body } = await exchange(product, client, code, verifier, atToken);
  expect([status, body]).toEqual([200, expect.objectContaining({ access_token: expect.any(String) })]);
  return body;
}

export const subjectOf = (tokens: Json): string => String(decodeJwt(String(tokens['id_token'])).sub);

/** Whether one of our own APIs takes this token. */
export async function apiTakes(product: Pick<Product, 'origin'>, token: unknown, path = '/api/profiles/v1/profiles/me'): Promise<boolean> {
  const { status } = await fetch(`${product.origin}${path}`, { headers: { authorization: `Bearer ${String(token)}` } });
  return status !== 401;
}

/** Asks the API of accounts; `token` is the operator machine's where none is given. */
export async function asOperator(product: Product, method: string, path: string, body?: object, token?: string): Promise<{ status: number; body: Json; headers: Headers }> {
  const bearer = token ?? (await machineToken(product, 'accounts:read accounts:write profiles:read profiles:write consent:read consent:write'));
  const answer = await fetch(`${product.origin}/api/authentication/v1/accounts${path === '' || path.startsWith('?') ? path : `/${path}`}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Json), headers: answer.headers };
}
