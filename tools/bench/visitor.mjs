import { createHash, randomBytes } from 'node:crypto';
import { send } from './load.mjs';

export const CALLBACK = 'https://shop.example/callback';
export const basic = (id, secret) => `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;

/** A first-party application, made over the API. */
export async function newClient({ origin, admin, port }) {
  const at = `http://127.0.0.1:${port}`;
  const granted = await send(`${at}/oidc/token`, { method: 'POST', headers: { host: new URL(origin).host, authorization: basic(admin.client_id, admin.client_secret) }, form: { grant_type: 'client_credentials', scope: 'clients:write' } });
  const answer = await fetch(`${at}/api/authentication/v1/clients`, {
    method: 'POST',
    headers: { authorization: `Bearer ${JSON.parse(granted.text).access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Bench', party: 'first', redirectUris: [CALLBACK] }),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  return answer.json();
}

/** A browser without a screen: keeps cookies, follows redirects inside the product, reads hidden fields. */
export class Visitor {
  constructor(product, agent) {
    this.product = product;
    this.agent = agent;
    this.cookies = new Map();
  }

  /** A browser that keeps what it is known by, and forgets its session. */
  signedOut() {
    const next = new Visitor(this.product, this.agent);
    for (const [key, cookie] of this.cookies) if (/^symbolon_(device|browser) /.test(key)) next.cookies.set(key, cookie);
    return next;
  }

  async go(address, form) {
    for (let [url, body] = [new URL(address, this.product.origin), form]; ; [url, body] = [this.next, undefined]) {
      if (url.origin !== this.product.origin) return { sentTo: url.searchParams };
      const path = url.pathname;
      const cookie = [...this.cookies.values()].filter((one) => path === one.path || path.startsWith(one.path.endsWith('/') ? one.path : `${one.path}/`)).map(({ pair }) => pair).join('; ');
      const answer = await send(url, { method: body ? 'POST' : 'GET', agent: this.agent, headers: { cookie, accept: 'text/html', ...(body ? { origin: this.product.origin } : {}) }, form: body });
      for (const line of answer.headers['set-cookie'] ?? []) {
        const [pair] = line.split(';');
        const at = /path=([^;]+)/i.exec(line)?.[1] ?? '/';
        this.cookies.set(`${pair.split('=')[0]} ${at}`, { pair, path: at });
      }
      if (!answer.headers.location) return { ...answer, address: url };
      this.next = new URL(answer.headers.location, url);
    }
  }

  authorize(client, scope = 'openid') {
    const verifier = randomBytes(32).toString('base64url');
    const params = new URLSearchParams({ client_id: client.id, response_type: 'code', redirect_uri: CALLBACK, scope, code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' });
    return this.go(`${this.product.origin}/oidc/auth?${params}`).then((stop) => ({ ...stop, verifier }));
  }

  post(page, fields, action = page.address.pathname) {
    return this.go(action, { form_token: /name="form_token" value="([^"]+)"/.exec(page.text)?.[1] ?? '', ...fields });
  }
}

/** Exchanges a code; resolves with the tokens. */
export async function tokens(product, client, code, verifier, agent) {
  const answer = await send(`${product.origin}/oidc/token`, { method: 'POST', agent, headers: { authorization: basic(client.id, client.secret) }, form: { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: verifier } });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return JSON.parse(answer.text);
}

const PASSWORD = 'four quiet geese over Delft';

/** Somebody with an account on a device that is known from now on. */
export async function newcomer(product, client, index) {
  const visitor = new Visitor(product);
  const email = `bench${index}.${Date.now().toString(36)}@example.com`;
  const page = await visitor.authorize(client);
  const form = await visitor.go(`${page.address.pathname}/register`);
  const code = await visitor.post(form, { email, password: PASSWORD, first_name: 'Ada', last_name: 'Lovelace' });
  let mailed;
  while (!mailed) mailed = /^\s*(\d{6})\s*$/m.exec((await (await fetch(`${product.origin}/mail.json?to=${email}`)).json()).mails[0]?.text ?? '')?.[1];
  const stop = await visitor.post(code, { code: mailed });
  if (!stop.sentTo?.get('code')) throw new Error(`no sign-in: ${stop.text}`);
  return { visitor, email, password: PASSWORD };
}
