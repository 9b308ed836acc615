import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Ports } from '@symbolon/web';
import { InteractionGone } from '../oidc/identity-provider.js';
import { FormTokens } from '../page/index.js';
import { Busy } from '../password/password-hashes.js';
import { FormAnswers } from '../session/form-answers.js';
import { PageEdge } from '../session/page-edge.js';
import { SignIn } from '../sign-in/sign-in.js';
import { IDENTITY_PROVIDER, PORTS } from '../tokens.js';
import { LinkSignIn } from './link-sign-in.js';
import { RegisterLinkController } from './register-link.http.js';
import { RegisterController } from './register.http.js';
import { Register } from './register.js';
import type { Registered, RegistrationTyped } from './register.js';
import { Registrations } from './registrations.js';
import type { Registration } from './registrations.js';

const configuration = { origin: 'http://localhost:3000', passwordMinimum: 15, brand: { name: 'Shop', logo: undefined, colour: '#123', colourDark: '#abc' }, keys: { pepper: Buffer.alloc(32, 7) } };
const interaction = { uid: 'u1', prompt: 'login', reasons: [], params: {}, client: { id: 'c_1', name: 'Bookshop', party: 'third', purposes: [], disabled: false }, redirectOrigin: 'https://books.example', accountId: undefined as string | undefined, asked: { scopes: [], resources: [] } };
const registrant = { email: 'ann@example.com', firstName: 'Ann', lastName: 'Arbor', locale: 'en', passwordHash: 'h' };
const right = { email: 'ann@example.com', password: 'seven quiet lemons', first_name: 'Ann', last_name: 'Arbor' };

let app: NestFastifyApplication;
let shown: Record<string, unknown>;
let registration: Registration | undefined;
let answer: Registered | undefined | { wait: number };
let wait: number | undefined;
let busy: boolean;
let begun: RegistrationTyped[];
let signedIn: unknown[];
let used: number;
let codes: string[];

const register = {
  begin: async (_: unknown, typed: RegistrationTyped) => {
    if (busy) throw new Busy();
    if (wait === undefined) begun.push(typed);
    return wait;
  },
  byCode: async (_registration: Registration, code: string) => (codes.push(code), answer),
  byLink: async () => ((used += 1), answer),
  again: async () => wait,
  turn: async () => (wait === undefined ? { allowed: true } : { allowed: false, retryAfter: wait }),
};
const provider = {
  interaction: async () => {
    if (shown['gone'] === true) throw new InteractionGone();
    return { ...interaction, ...shown };
  },
};
const signIn = { complete: async (...given: unknown[]) => (signedIn.push(given[2]), 'https://books.example/callback') };

@Module({
  controllers: [RegisterController, RegisterLinkController],
  providers: [
    { provide: PORTS, useValue: { configuration, log: { warn: () => undefined } } as unknown as Ports },
    { provide: IDENTITY_PROVIDER, useValue: provider },
    { provide: Register, useValue: register },
    { provide: Registrations, useValue: { ofBrowser: async () => registration, ofLink: async () => registration } },
    { provide: SignIn, useValue: signIn },
    { provide: FormAnswers, useValue: { once: async (_request: unknown, _reply: unknown, work: () => Promise<unknown>) => work() } },
    { provide: LinkSignIn, useValue: { begin: async (...given: unknown[]) => (signedIn.push(given[2]), 'http://localhost:3000/oidc/auth') } },
    FormTokens, PageEdge,
  ],
})
class Pages {}

beforeAll(async () => {
  app = await NestFactory.create<NestFastifyApplication>(Pages, new FastifyAdapter(), { logger: false });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(() => app?.close());
beforeEach(() => {
  [shown, registration, answer, wait, busy, begun, signedIn, used, codes] = [{}, undefined, undefined, undefined, false, [], [], 0, []];
});

const waiting = (): Registration => ({ id: 'r1', accountId: 'a1', visit: 'v1', confirmed: false, done: false, registrant });

/** Opens the page as a browser does, then sends its form with its token. */
async function send(path: string, fields: Record<string, string>, { page = path, token = true } = {}) {
  const opened = await app.inject({ method: 'GET', url: page });
  const cookie = String(opened.headers['set-cookie'] ?? '').split(';')[0]!;
  const form_token = /name="form_token" value="([^"]+)"/.exec(opened.body)?.[1] ?? '';
  const payload = new URLSearchParams({ ...fields, ...(token ? { form_token } : {}) }).toString();
  return app.inject({ method: 'POST', url: path, payload, headers: { cookie, origin: configuration.origin, 'content-type': 'application/x-www-form-urlencoded' } });
}

describe('the registration form', () => {
  it('goes on to the code, with what was typed in its one form', async () => {
    const { statusCode, headers } = await send('/i/u1/register', { ...right, email: ' Ann＠Example.com', first_name: ' Ann ' });
    expect([statusCode, headers.location]).toEqual([303, '/i/u1/code']);
    expect(begun).toEqual([{ email: 'Ann@Example.com', firstName: 'Ann', lastName: 'Arbor', locale: 'en', password: right.password }]);
  });

  it('loses nothing on an error but the password, and says beside each field what is wrong', async () => {
    const { statusCode, body } = await send('/i/u1/register', { email: 'ann@', password: 'a secret of mine', first_name: 'Ann "A"', last_name: ' ' });
    expect(statusCode).toBe(422);
    expect(body).toContain('value="ann@"');
    expect(body).toContain('value="Ann &quot;A&quot;"');
    expect(body).not.toContain('a secret of mine');
    for (const id of ['email-error', 'password-error', 'last_name-error']) expect(body).toContain(`id="${id}"`);
    expect(body).not.toContain('id="first_name-error"');
    expect(begun).toEqual([]);
  });

  it('says of each field what it is used for', async () => {
    const { body } = await app.inject({ method: 'GET', url: '/i/u1/register' });
    for (const id of ['email-hint', 'password-hint', 'first_name-hint', 'last_name-hint']) expect(body).toContain(`id="${id}"`);
  });

  it('begins with the address that the application hinted at', async () => {
    shown = { params: { login_hint: 'ann@example.com' } };
    expect((await app.inject({ method: 'GET', url: '/i/u1/register' })).body).toContain('value="ann@example.com"');
  });

  it('says beside the email that relays would send its mail elsewhere', async () => {
    const { statusCode, body } = await send('/i/u1/register', { ...right, email: 'ann%evil.example@example.com' });
    expect(statusCode).toBe(422);
    expect(body).toMatch(/id="email-error"[^]*Mail servers on the way/);
    expect(begun).toEqual([]);
  });

  it.each([
    ['a short password', { password: 'short' }],
    ['a password that is the address', { password: 'ann@example.com', email: 'ann@example.com' }],
    ['an address of two', { email: 'ann@evil.example,bob@example.com' }],
  ])('refuses %s', async (_, over) => {
    expect((await send('/i/u1/register', { ...right, ...over })).statusCode).toBe(422);
    expect(begun).toEqual([]);
  });

  it('refuses a form that is not of this browser', async () => {
    const { statusCode, body } = await send('/i/u1/register', right, { token: false });
    expect([statusCode, begun]).toEqual([403, []]);
    expect(body).toContain('value="ann@example.com"');
  });

  it('says when to try again after too many mails', async () => {
    wait = 600;
    const { statusCode, headers, body } = await send('/i/u1/register', right);
    expect([statusCode, headers['retry-after']]).toEqual([429, '600']);
    expect(body).toContain('10 min');
  });

  it('keeps the form when the hashes are busy', async () => {
    busy = true;
    const { statusCode, headers, body } = await send('/i/u1/register', right);
    expect([statusCode, headers['retry-after']]).toEqual([503, '2']);
    expect(body).toContain('value="Arbor"');
  });

  it('is not for somebody who is asked again who they are', async () => {
    shown = { accountId: 'a0' };
    expect((await app.inject({ method: 'GET', url: '/i/u1/register' })).headers.location).toBe('/i/u1');
    shown = { accountId: 'a0', params: { prompt: 'create' } };
    expect((await app.inject({ method: 'GET', url: '/i/u1/register' })).statusCode).toBe(200);
  });

  it('is gone with its visit', async () => {
    shown = { gone: true };
    expect((await app.inject({ method: 'GET', url: '/i/u1/register' })).statusCode).toBe(410);
    expect((await app.inject({ method: 'GET', url: '/i/u2/register' })).statusCode).toBe(410);
  });
});

describe('the code page', () => {
  it('leads to the form in a browser that did not begin', async () => {
    expect((await app.inject({ method: 'GET', url: '/i/u1/code' })).headers.location).toBe('/i/u1/register');
  });

  it('signs in and goes back to the application when the code is right', async () => {
    [registration, answer] = [waiting(), { accountId: 'a1', credentialId: 'k1' }];
    const { statusCode, headers } = await send('/i/u1/code', { code: '123 456' });
    expect([statusCode, headers.location]).toEqual([303, 'https://books.example/callback']);
    expect(signedIn).toEqual([{ accountId: 'a1', epoch: 0, knownDevice: false, codeGiven: true }]);
  });

  it('says so when the code is wrong or missing', async () => {
    registration = waiting();
    expect((await send('/i/u1/code', { code: '123456' })).body).toContain('This code does not fit');
    expect((await send('/i/u1/code', { code: '' })).body).toContain('Enter the code');
    expect(signedIn).toEqual([]);
  });

  it.each(['Code: 123 456', '\u200F123\u2011456', '\u0661\u0662\u0663\u0664\u0665\u0666', `Your code is 123456.${' '.repeat(60)}`])('takes a code however it is typed: %j', async (typed) => {
    registration = waiting();
    await send('/i/u1/code', { code: typed });
    expect(codes).toEqual(['123456']);
  });

  it('refuses a form that is not of this browser', async () => {
    [registration, answer] = [waiting(), { accountId: 'a1', credentialId: 'k1' }];
    expect((await send('/i/u1/code', { code: '123456' }, { token: false })).statusCode).toBe(403);
    expect(signedIn).toEqual([]);
  });

  it('lets the answer go to the application only', async () => {
    registration = waiting();
    expect((await app.inject({ method: 'GET', url: '/i/u1/code' })).headers['content-security-policy']).toContain("form-action 'self' https://books.example;");
  });

  it('says "confirmed, sign in" once the link was used elsewhere', async () => {
    registration = { ...waiting(), done: true, registrant: undefined };
    const { body } = await app.inject({ method: 'GET', url: '/i/u1/code' });
    expect(body).toContain('Your account is ready');
    expect(body).toContain('href="/i/u1?again=1"');
  });

  it.each(['taken', 'abandoned'] as const)('shows the way on when the address is %s', async (because) => {
    [registration, answer] = [waiting(), because];
    const { statusCode, body } = await send('/i/u1/code', { code: '123456' });
    expect(statusCode).toBe(409);
    expect(body).toContain(because === 'taken' ? 'href="/i/u1?again=1"' : 'href="/i/u1/register"');
    expect(signedIn).toEqual([]);
  });

  it('mails again on request', async () => {
    registration = waiting();
    expect((await send('/i/u1/code/resend', {}, { page: '/i/u1/code' })).headers.location).toBe('/i/u1/code?notice=resent');
    wait = 120;
    expect((await send('/i/u1/code/resend', {}, { page: '/i/u1/code' })).statusCode).toBe(429);
  });
});

describe('the mailed link', () => {
  it('abuse 57: shows a form, and nothing happens by opening it', async () => {
    [registration, answer] = [waiting(), { accountId: 'a1', credentialId: 'k1' }];
    expect((await app.inject({ method: 'GET', url: '/register/secret' })).statusCode).toBe(200);
    await app.inject({ method: 'HEAD', url: '/register/secret' });
    expect(used).toBe(0);
  });

  it('signs in at the account page when the password is right, with what was proven', async () => {
    [registration, answer] = [waiting(), { accountId: 'a1', credentialId: 'k1' }];
    const { statusCode, headers } = await send('/register/secret', { password: right.password });
    expect([statusCode, headers.location, used]).toEqual([303, 'http://localhost:3000/oidc/auth', 1]);
    expect(signedIn).toEqual([{ accountId: 'a1', credentialId: 'k1', epoch: 0 }]);
  });

  it('says so when the password is wrong', async () => {
    registration = waiting();
    expect((await send('/register/secret', { password: 'x' })).statusCode).toBe(422);
  });

  it('says when to try again after many wrong ones', async () => {
    [registration, answer] = [waiting(), { wait: 90 }];
    const { statusCode, headers } = await send('/register/secret', { password: 'x' });
    expect([statusCode, headers['retry-after']]).toEqual([429, '90']);
  });

  it('is gone when nobody knows it', async () => expect((await app.inject({ method: 'GET', url: '/register/secret' })).statusCode).toBe(410));
});
