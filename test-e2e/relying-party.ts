import { createHash, randomBytes } from 'node:crypto';
import { parse } from './html.js';
import type { Form } from './html.js';
import { machineToken } from './product.js';
import type { Product } from './product.js';
import { mailedCode, somebody } from './visits.js';
import type { Account } from './visits.js';

/** Where answers go; nothing listens there, for the test reads the address. */
export const CALLBACK = 'https://shop.example/callback';

export type Client = Readonly<{ id: string; secret?: string }>;
export type Json = Record<string, unknown>;

/** Makes an application over the API. */
export async function newClient(product: Product, over: Json = {}): Promise<Client> {
  const token = await machineToken(product, 'clients:write profiles:read profiles:write consent:read consent:write accounts:read accounts:write');
  const answer = await fetch(`${product.origin}/api/authentication/v1/clients`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Shop', redirectUris: [CALLBACK], postLogoutRedirectUris: ['https://shop.example/bye'], purposes: ['account', 'profile'], ...over }),
  });
  if (answer.status !== 201) throw new Error(`no client: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Client;
}

export const basic = ({ id, secret = '' }: Client): Record<string, string> => ({ authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}` });

/** A POST to the provider with a form. */
export async function post(product: Pick<Product, 'issuer'>, path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<{ status: number; body: Json }> {
  const answer = await fetch(`${product.issuer}/${path}`, { method: 'POST', headers, body: new URLSearchParams(form) });
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith('{') ? (JSON.parse(text) as Json) : {} };
}

/** UserInfo with an opaque access token. */
export async function userinfo(product: Pick<Product, 'issuer'>, token: unknown): Promise<{ status: number; body: Json }> {
  const answer = await fetch(`${product.issuer}/me`, { headers: { authorization: `Bearer ${String(token)}` } });
  return { status: answer.status, body: (await answer.json().catch(() => ({}))) as Json };
}

/** PKCE, state and the rest of an authorization request. */
export function request({ id }: Client, over: Record<string, string> = {}): { params: Record<string, string>; verifier: string } {
  const verifier = randomBytes(32).toString('base64url');
  const params = { client_id: id, response_type: 'code', redirect_uri: CALLBACK, scope: 'openid profile email', state: randomBytes(8).toString('hex'), code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256', ...over };
  return { params, verifier };
}

/** An answer of our pages, or the address at the application that the browser was sent to. */
export type Stop = Readonly<{ status: number; html: string; address: URL; sentTo?: URLSearchParams; headers: Headers }>;

/** A browser that follows redirects until it would leave us. */
export class Visitor {
  /** Addresses at which this browser stops instead of going there. */
  stopAt: RegExp | undefined;
  cookies = new Map<string, { value: string; path: string }>();

  /** `from`: the peer that a trusted proxy names. `userAgent`: what the browser says it is. */
  constructor(
    readonly product: Pick<Product, 'origin' | 'issuer'>,
    readonly from?: string,
    readonly userAgent = 'Mozilla/5.0',
  ) {}

  /** The same browser, for requests at the same time. */
  copy(): Visitor {
    const other = new Visitor(this.product, this.from, this.userAgent);
    other.cookies = new Map(this.cookies);
    return other;
  }

  /** `origin` is the page that a form says it comes from. */
  async go(address: string | URL, form?: Record<string, string>, origin = this.product.origin): Promise<Stop> {
    for (let [url, body, left] = [new URL(address, this.product.origin), form, 20]; left > 0; left -= 1) {
      if (url.origin !== this.product.origin) return { status: 0, html: '', address: url, sentTo: url.searchParams, headers: new Headers() };
      if (this.stopAt?.test(url.pathname)) return { status: 0, html: '', address: url, headers: new Headers() };
      const answer = await fetch(url, { redirect: 'manual', headers: { cookie: this.#header(url.pathname), accept: 'text/html', 'user-agent': this.userAgent, ...(this.from === undefined ? {} : { 'x-forwarded-for': this.from }), ...(body ? { origin } : {}) }, ...(body ? { method: 'POST', body: new URLSearchParams(body) } : {}) });
      this.#keep(answer.headers.getSetCookie());
      const html = await answer.text();
      const location = answer.headers.get('location');
      if (location === null) return { status: answer.status, html, address: url, headers: answer.headers };
      [url, body] = [new URL(location, url), undefined];
    }
    throw new Error(`${String(address)} redirects without end`);
  }

  authorize(params: Record<string, string>): Promise<Stop> {
    return this.go(`${this.product.issuer}/auth?${new URLSearchParams(params)}`);
  }

  /** Sends the form of a page that has this button. */
  async press(page: Stop, button: string, fill: Record<string, string> = {}, origin?: string): Promise<Stop> {
    const form = parse(page.html).forms.find(({ buttons }) => buttons.some(({ label }) => label === button));
    if (!form) throw new Error(`no button ${button} at ${page.address.href}: ${parse(page.html).text}`);
    return this.go(new URL(form.action, page.address), { ...hidden(form), ...pressed(form, button), ...fill }, origin);
  }

  #keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/';
      if (/expires=thu, 01 jan 1970/i.test(line) || /max-age=0/i.test(line)) this.cookies.delete(`${pair.slice(0, at)} ${path}`);
      else this.cookies.set(`${pair.slice(0, at)} ${path}`, { value: pair.slice(at + 1), path });
    }
  }

  #header(pathname: string): string {
    return [...this.cookies].filter(([, { path }]) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`)).map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ');
  }
}

const hidden = (form: Form): Record<string, string> => Object.fromEntries(form.inputs.filter(({ type }) => type !== 'checkbox').map(({ name, value }) => [name, value]));
const pressed = (form: Form, label: string): Record<string, string> => {
  const button = form.buttons.find((one) => one.label === label);
  return button?.name ? { [button.name]: button.value } : {};
};

/** Somebody with an account and a session, who allowed the application what it asked for. */
export type SignedIn = Readonly<{ visitor: Visitor; account: Account; client: Client; purposes: readonly string[] }>;

/** Registers at the application's request; `ticked` are values of purpose boxes, such as `profile:1`. Resolves with the answer to that request. */
export async function register(product: Product, client: Client, { ticked, over = {}, userAgent }: { ticked?: string; over?: Record<string, string>; userAgent?: string } = {}): Promise<{ visitor: Visitor; account: Account; stop: Stop; verifier: string }> {
  const [visitor, account] = [new Visitor(product, undefined, userAgent), somebody()];
  const { params, verifier } = request(client, over);
  const signIn = await visitor.authorize(params);
  const form = await visitor.go(`${signIn.address.pathname}/register`);
  const code = await visitor.press(form, 'Create account', { email: account.email, password: account.password, first_name: account.firstName, last_name: account.lastName });
  const asked = await visitor.press(code, 'Continue', { code: await mailedCode(product, account.email) });
  return { visitor, account, stop: await answered(visitor, asked, ticked), verifier };
}

/** Goes on from the page that asks what an application may do or use, where there is one; `ticked` are values of purpose boxes. */
export async function answered(visitor: Visitor, asked: Stop, ticked?: string): Promise<Stop> {
  if (asked.sentTo) return asked;
  return visitor.press(asked, asked.address.pathname.endsWith('/purposes') ? 'Continue' : 'Allow', ticked === undefined ? {} : { purpose: ticked });
}

/** What an application of ours says of the page on which it showed a text. */
export const proof = (over: Json = {}): Json => ({ language: 'en', shownAt: new Date().toISOString(), where: 'https://shop.example/profile', ...over });

/** Exchanges a code. */
export const exchange = (product: Product, client: Client, code: string | null | undefined, verifier: string, over: Record<string, string> = {}) =>
  post(product, 'token', { grant_type: 'authorization_code', code: code ?? '', redirect_uri: CALLBACK, code_verifier: verifier, ...(client.secret === undefined ? { client_id: client.id } : {}), ...over }, client.secret === undefined ? {} : basic(client));

/** Authenticates with an assertion that nobody signed: whoever checks it needs the keys of the application first. */
export function withUnsignedAssertion(product: Pick<Product, 'issuer'>, id: string, audience = product.issuer): ReturnType<typeof post> {
  const parts = [{ alg: 'ES256', kid: 'a' }, { iss: id, sub: id, aud: audience, jti: randomBytes(8).toString('hex'), exp: Math.floor(Date.now() / 1_000) + 60 }];
  const assertion = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return post(product, 'token', { grant_type: 'client_credentials', client_id: id, client_assertion: `${assertion}.AAAA`, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' });
}

/** Uses a refresh token. */
export const refresh = (product: Product, client: Client, token: unknown, over: Record<string, string> = {}) =>
  post(product, 'token', { grant_type: 'refresh_token', refresh_token: String(token), ...(client.secret === undefined ? { client_id: client.id } : {}), ...over }, client.secret === undefined ? {} : basic(client));

/** A code for somebody who is signed in and was asked before. */
export async function codeOf(visitor: Visitor, client: Client, over: Record<string, string> = {}): Promise<{ code: string; verifier: string }> {
  const { params, verifier } = request(client, over);
  const stop = await visitor.authorize(params);
  const code = stop.sentTo?.get('code');
  if (!code) throw new Error(`no code: ${stop.address.href} ${parse(stop.html).text}`);
  return { code, verifier };
}

/** Runs `work` so many times at the same moment. */
export const atOnce = <T>(times: number, work: (index: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: times }, (_, index) => work(index)));
