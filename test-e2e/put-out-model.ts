import { apiTakes, asOperator, changePassword, passwordAndCode, recover, tokensOf, WAY_BACK } from './people.js';
import { parse } from './html.js';
import { machineToken } from './product.js';
import type { Product } from './product.js';
import { exchange, refresh, request, userinfo, Visitor } from './relying-party.js';
import type { Client, Json, Stop } from './relying-party.js';
import type { Account } from './visits.js';

/** One application, and what the model believes of it. `allowed` counts what a person allowed (undefined: nothing); `disabled` how often it was. */
export type App = { readonly client: Client; readonly party: 'first' | 'third'; enabled: boolean; disabled: number; allowed: number | undefined };

/** One browser, and the session that it should have, by number. */
type Seat = { visitor: Visitor; session: number | undefined };

/** Something that was handed out, with what it rests on. `session`: it ends with that one. `grantedIn`: the one in which it was given. */
type Held = { readonly what: string; readonly app: App; readonly epoch: number; readonly allowed: number | undefined; readonly disabled: number; readonly session: number | undefined; readonly grantedIn: number | undefined; readonly kind: 'opaque' | 'jwt' | 'refresh'; token: string; gone: boolean };

/** A login that was given and not followed. */
type Parked = { readonly seat: Seat; readonly app: App; readonly way: URL; readonly epoch: number; done: boolean };

/** What a test may choose from; the same seed makes the same choices. */
export type Chance = Readonly<{ below(limit: number): number; one<T>(of: readonly T[]): T }>;

/** mulberry32: small, and the same everywhere. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  return { below, one: (of) => of[below(of.length)]! };
}

const SCOPES = 'openid email profiles:read';

/** A person with two browsers and two applications, what they do, and who may still do what afterwards. */
export class World {
  readonly said: string[] = [];
  readonly #held: Held[] = [];
  readonly #parked: Parked[] = [];
  readonly #alive = new Set<number>();
  #epoch = 0;
  #blocked = false;
  #sessions = 0;
  #allows = 0;
  #passwords = 0;

  constructor(
    private readonly product: Product,
    private readonly account: { -readonly [K in keyof Account]: Account[K] },
    private readonly subject: string,
    private readonly seats: readonly [Seat, Seat],
    private readonly apps: readonly App[],
    private readonly chance: Chance,
    /** Takes away what counts attempts: the model is about rights, not about limits. */
    private readonly calm: () => Promise<void>,
  ) {}

  /** Somebody who registered in the first browser, which has a session and is known. */
  static seats = (visitor: Visitor, product: Product): readonly [Seat, Seat] => [{ visitor, session: undefined }, { visitor: new Visitor(product), session: undefined }];

  begin(): void {
    this.seats[0].session = this.#newSession();
  }

  /** One act, chosen by chance. */
  async act(): Promise<void> {
    await this.calm();
    const acts = [this.#use, this.#use, this.#use, this.#park, this.#follow, this.#signOut, this.#signOutByApp, this.#endOthers, this.#withdraw, this.#remove, this.#recover, this.#change, this.#disable, this.#block, this.#block] as const;
    // Nobody gets in while the account is blocked: what is left is to try, and to unblock it.
    const whileBlocked = [this.#knock, this.#knock, this.#follow, this.#disable, this.#unblock] as const;
    await this.chance.one<() => Promise<void>>(this.#blocked ? whileBlocked : acts).call(this);
  }

  /** Asks with everything that was ever handed out; gives what was not as it should be. */
  async faults(): Promise<readonly string[]> {
    const found: string[] = [];
    const look = (what: string, right: boolean, seen: boolean) => {
      if (right !== seen) found.push(`${what}: ${seen ? 'still good' : 'worth nothing'}, and it should be ${right ? 'good' : 'worth nothing'}`);
    };
    for (const [index, seat] of this.seats.entries()) look(`session of browser ${index}`, seat.session !== undefined, await this.#hasSession(seat));
    for (const held of this.#held) {
      const right = this.#good(held);
      if (held.kind === 'refresh') look(held.what, right, await this.#refreshes(held));
      else look(held.what, right, held.kind === 'jwt' ? await this.#taken(held.token, right) : (await userinfo(this.product, held.token)).status === 200);
    }
    return found;
  }

  #good({ app, epoch, allowed, disabled, session, gone, kind }: Held): boolean {
    if (gone || epoch !== this.#epoch || (session !== undefined && !this.#alive.has(session))) return false;
    if (app.party === 'third' && (app.allowed === undefined || app.allowed !== allowed)) return false;
    return kind === 'jwt' ? disabled === app.disabled : app.enabled;
  }

  /** Other services hear of a sign-out a moment later; the guard is generous, the promise is a second. */
  async #taken(token: string, right: boolean): Promise<boolean> {
    for (const until = Date.now() + 5_000; !right && Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 20))) if (!(await apiTakes(this.product, token))) return false;
    return apiTakes(this.product, token);
  }

  async #hasSession({ visitor }: Seat): Promise<boolean> {
    const page = await visitor.go('/account');
    return parse(page.html).text.includes('Where you are signed in');
  }

  /** A good one is used up: its successor takes its place. */
  async #refreshes(held: Held): Promise<boolean> {
    const { status, body } = await refresh(this.product, held.app.client, held.token);
    if (status === 200) held.token = String(body['refresh_token']);
    else if (body['error'] !== 'invalid_grant' && body['error'] !== 'invalid_client') throw new Error(`a refresh was answered ${status} ${JSON.stringify(body)}`);
    return status === 200;
  }

  #newSession(): number {
    this.#alive.add((this.#sessions += 1));
    return this.#sessions;
  }

  #say(what: string): void {
    this.said.push(what);
  }

  #live(): readonly App[] {
    return this.apps.filter(({ enabled }) => enabled);
  }

  /** Goes to an application, signs in where that is asked for, allows what is asked, and takes tokens. */
  async #use(): Promise<void> {
    const [seat, app, offline] = [this.chance.one(this.seats), this.chance.one(this.#live()), this.chance.below(2) === 1];
    const over: Record<string, string> = { scope: offline ? `${SCOPES} offline_access` : SCOPES, resource: `${this.product.origin}/api`, ...(offline ? { prompt: 'consent' } : {}) };
    this.#say(`browser ${this.seats.indexOf(seat)} uses ${app.party}${offline ? ', offline' : ''}`);
    const { params, verifier } = request(app.client, over);
    const stop = await this.#through(seat, app, await seat.visitor.authorize(params));
    await this.#take(seat, app, stop, verifier, offline);
  }

  /** Whatever stands between a request and its answer: password, code, Allow. */
  async #through(seat: Seat, app: App, first: Stop): Promise<Stop> {
    let page = first;
    if (!page.sentTo && page.html.includes('name="password"')) {
      if (seat.session !== undefined) throw new Error('asked for a password in a session that should be good');
      page = await this.#password(seat, page);
    }
    if (!page.sentTo && page.html.includes('value="allow"')) {
      page = await seat.visitor.press(page, 'Allow');
      if (app.party === 'third') app.allowed ??= this.#allows += 1;
    }
    if (!page.sentTo?.get('code')) throw new Error(`no code at ${page.address.href}: ${parse(page.html).text}`);
    return page;
  }

  async #password(seat: Seat, page: Stop): Promise<Stop> {
    const next = await passwordAndCode(this.product, seat.visitor, page, this.account);
    seat.session = this.#newSession();
    return next;
  }

  async #take(seat: Seat, app: App, stop: Stop, verifier: string, offline: boolean): Promise<void> {
    const tokens = async (over: Record<string, string>, code: string | null | undefined, secret: string): Promise<Json> => {
      const { status, body } = await exchange(this.product, app.client, code, secret, over);
      if (status !== 200) throw new Error(`no tokens: ${status} ${JSON.stringify(body)}`);
      return body;
    };
    const name = `${app.party}${offline ? ', offline' : ''} after ${this.said.length} acts`;
    const rests = { app, epoch: this.#epoch, allowed: app.allowed, disabled: app.disabled, session: offline ? undefined : seat.session, grantedIn: seat.session, gone: false };
    const opaque = await tokens({}, stop.sentTo!.get('code'), verifier);
    this.#held.push({ ...rests, what: `token for userinfo of ${name}`, kind: 'opaque', token: String(opaque['access_token']) }, { ...rests, what: `refresh token of ${name}`, kind: 'refresh', token: String(opaque['refresh_token']) });
    const jwt = await tokensOf(this.product, seat.visitor, app.client, { scope: SCOPES, resource: `${this.product.origin}/api` }, { resource: `${this.product.origin}/api` });
    this.#held.push({ ...rests, session: seat.session, what: `token for our APIs of ${name}`, kind: 'jwt', token: String(jwt['access_token']) });
  }

  /** Password and code are given, and the way back is not followed. */
  async #park(): Promise<void> {
    const seat = this.chance.one(this.seats);
    const app = this.chance.one(this.#live());
    this.#say(`browser ${this.seats.indexOf(seat)} parks a sign-in to ${app.party}`);
    const { params } = request(app.client, { scope: 'openid email', prompt: 'login' });
    const page = await seat.visitor.authorize(params);
    seat.visitor.stopAt = WAY_BACK;
    const { address: way } = await passwordAndCode(this.product, seat.visitor, page, this.account);
    seat.visitor.stopAt = undefined;
    this.#parked.push({ seat, app, way, epoch: this.#epoch, done: false });
  }

  /** A parked sign-in is good as long as its proofs are, and its browser is as it was. */
  async #follow(): Promise<void> {
    const parked = this.chance.one(this.#parked.filter(({ done }) => !done));
    if (!parked) return this.#blocked ? this.#knock() : this.#use();
    parked.done = true;
    const { seat, app, way, epoch } = parked;
    this.#say(`browser ${this.seats.indexOf(seat)} follows a sign-in to ${app.party} that was parked`);
    const before = seat.session;
    const page = await seat.visitor.go(way);
    const through = page.sentTo?.get('code') !== undefined && page.sentTo?.get('code') !== null;
    const signedIn = through || page.html.includes('value="allow"');
    if (signedIn && epoch !== this.#epoch) throw new Error('a sign-in whose proofs were revoked went on');
    if (signedIn && before === undefined) seat.session = this.#newSession();
  }

  /** At our own page: whatever was granted in the session goes with it, asked for offline or not. */
  async #signOut(): Promise<void> {
    const seat = this.chance.one(this.seats);
    if (seat.session === undefined) return this.#use();
    this.#say(`browser ${this.seats.indexOf(seat)} signs out`);
    await seat.visitor.press(await seat.visitor.go('/account'), 'Sign out');
    for (const held of this.#held) if (held.grantedIn === seat.session) held.gone = true;
    this.#end(seat);
  }

  /** By the application: what is bound to the session ends, what was asked for offline does not. */
  async #signOutByApp(): Promise<void> {
    const seat = this.chance.one(this.seats);
    if (seat.session === undefined) return this.#use();
    const app = this.chance.one(this.#live());
    this.#say(`browser ${this.seats.indexOf(seat)} signs out by ${app.party}`);
    await seat.visitor.press(await seat.visitor.go(`${this.product.issuer}/session/end?client_id=${app.client.id}`), 'Sign out');
    this.#end(seat);
  }

  #end(seat: Seat): void {
    this.#alive.delete(seat.session!);
    seat.session = undefined;
  }

  async #endOthers(): Promise<void> {
    const seat = this.chance.one(this.seats);
    if (seat.session === undefined) return this.#use();
    this.#say(`browser ${this.seats.indexOf(seat)} ends all others`);
    await seat.visitor.press(await seat.visitor.go('/account'), 'End all others');
    this.#revoke(seat);
  }

  #revoke(keep: Seat | undefined): void {
    this.#epoch += 1;
    for (const seat of this.seats) {
      if (seat === keep) continue;
      if (seat.session !== undefined) this.#alive.delete(seat.session);
      seat.session = undefined;
    }
  }

  async #withdraw(): Promise<void> {
    const app = this.apps.find(({ party }) => party === 'third')!;
    if (app.allowed === undefined) return this.#use();
    this.#say('what third was allowed is withdrawn over the API');
    const answer = await fetch(`${this.product.origin}/api/consent/v1/authorizations/${app.client.id}?subject=${this.subject}`, { method: 'DELETE', headers: { authorization: `Bearer ${await machineToken(this.product, 'consent:write')}` } });
    if (answer.status !== 200) throw new Error(`not withdrawn: ${answer.status}`);
    app.allowed = undefined;
  }

  async #remove(): Promise<void> {
    const app = this.apps.find(({ party }) => party === 'third')!;
    const seat = this.chance.one(this.seats);
    if (app.allowed === undefined || seat.session === undefined) return this.#use();
    this.#say(`browser ${this.seats.indexOf(seat)} removes third`);
    await seat.visitor.press(await seat.visitor.go('/account'), 'Remove access: Quiz');
    app.allowed = undefined;
  }

  async #recover(): Promise<void> {
    const seat = this.chance.one(this.seats);
    this.#say(`browser ${this.seats.indexOf(seat)} recovers`);
    const password = this.#newPassword();
    const done = await recover(this.product, seat.visitor, this.#live()[0]!.client, this.account.email, password);
    if (!parse(done.html).text.includes('Your new password is set')) throw new Error(`no recovery: ${parse(done.html).text}`);
    this.account.password = password;
    this.#revoke(undefined);
  }

  async #change(): Promise<void> {
    const seat = this.chance.one(this.seats);
    if (seat.session === undefined) return this.#use();
    this.#say(`browser ${this.seats.indexOf(seat)} changes the password`);
    const password = this.#newPassword();
    const done = await changePassword(this.product, seat.visitor, this.account, password);
    if (!parse(done.html).text.includes('Your password is changed')) throw new Error(`no change: ${parse(done.html).text}`);
    this.account.password = password;
    this.#revoke(seat);
  }

  #newPassword = (): string => `nine loud herons near Gouda ${(this.#passwords += 1)}`;

  async #disable(): Promise<void> {
    const app = this.apps.find(({ party }) => party === 'third')!;
    const [name, body] = app.enabled ? ['disable', { reason: 'a test' }] : ['enable', {}];
    this.#say(`third is ${name}d`);
    const answer = await fetch(`${this.product.origin}/api/authentication/v1/clients/${app.client.id}/${name}`, { method: 'POST', headers: { authorization: `Bearer ${await machineToken(this.product, 'clients:write')}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (answer.status !== 201) throw new Error(`not ${name}d: ${answer.status}`);
    app.enabled = !app.enabled;
    if (!app.enabled) app.disabled += 1;
  }

  async #block(): Promise<void> {
    this.#say('staff blocks the account');
    const { status, body } = await asOperator(this.product, 'POST', `${this.subject}/block`, { reason: 'a test' });
    if (status !== 200 || body['inForce'] !== true) throw new Error(`not blocked: ${status} ${JSON.stringify(body)}`);
    this.#blocked = true;
    this.#revoke(undefined);
  }

  /** Brings nothing back: what was ended stays ended. */
  async #unblock(): Promise<void> {
    this.#say('staff unblocks the account');
    const { status, body } = await asOperator(this.product, 'POST', `${this.subject}/unblock`, {});
    if (status !== 200 || body['inForce'] !== true) throw new Error(`not unblocked: ${status} ${JSON.stringify(body)}`);
    this.#blocked = false;
  }

  /** The right password opens nothing while the account is blocked. */
  async #knock(): Promise<void> {
    const [seat, app] = [this.chance.one(this.seats), this.chance.one(this.#live())];
    this.#say(`browser ${this.seats.indexOf(seat)} knocks at ${app.party}`);
    const page = await seat.visitor.authorize(request(app.client, { scope: 'openid email' }).params);
    if (page.sentTo) throw new Error('a blocked account was let in without a question');
    const next = await seat.visitor.press(page, 'Sign in', { login: this.account.email, password: this.account.password });
    if (next.sentTo || !next.html.includes('name="password"')) throw new Error(`a blocked account came past its password: ${next.address.href}`);
  }
}
