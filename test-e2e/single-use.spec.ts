import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client as Connection } from 'pg';
import { besideTheProduct, elevenSecondsLater } from './database.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { atOnce, basic, codeOf, exchange, newClient, post, refresh, register, request, userinfo, Visitor } from './relying-party.js';
import type { Client, Stop } from './relying-party.js';
import { mailedCode, newestMail, somebody } from './visits.js';

const TIMES = 50;
const ROUNDS = 3;
let product: Product;
let client: Client;
let visitor: Visitor;
let connection: Connection;

const successes = <T extends { status: number }>(answers: readonly T[]): T[] => answers.filter(({ status }) => status === 200);

beforeAll(async () => {
  product = await startProduct();
  connection = await besideTheProduct(product);
  client = await newClient(product);
  ({ visitor } = await register(product, client));
}, 60_000);

afterAll(async () => {
  await connection?.end();
  await product?.stop();
});

describe('used fifty times at once', () => {
  it('abuse 17: an authorization code gives one answer, and the tokens of the winner live', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { code, verifier } = await codeOf(visitor, client);
      const answers = await atOnce(TIMES, () => exchange(product, client, code, verifier));
      const [winner, ...more] = successes(answers);
      expect(more).toEqual([]);
      expect(answers.filter(({ body }) => body['error'] === 'invalid_grant')).toHaveLength(TIMES - 1);
      expect((await userinfo(product, winner?.body['access_token'])).status).toBe(200);
      expect((await refresh(product, client, winner?.body['refresh_token'])).status).toBe(200);
    }
  }, 60_000);

  it('abuse 23: a refresh token gives one answer, and the tokens of the winner live', async () => {
    const { code, verifier } = await codeOf(visitor, client);
    let token = (await exchange(product, client, code, verifier)).body['refresh_token'];
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = await atOnce(TIMES, () => refresh(product, client, token));
      const [winner, ...more] = successes(answers);
      expect(more).toEqual([]);
      expect(answers.filter(({ body }) => body['error'] === 'invalid_grant')).toHaveLength(TIMES - 1);
      expect((await userinfo(product, winner?.body['access_token'])).status).toBe(200);
      token = winner?.body['refresh_token'];
    }
    expect((await refresh(product, client, token)).status).toBe(200);
  }, 60_000);

  it('abuse 38: a pushed request gives one code', async () => {
    const { params, verifier } = request(client);
    const pushed = await post(product, 'request', params, basic(client));
    expect(pushed.status).toBe(201);
    const stops = await atOnce(TIMES, () => visitor.copy().authorize({ client_id: client.id, request_uri: String(pushed.body['request_uri']) }));
    const codes = stops.flatMap(({ sentTo }) => sentTo?.get('code') ?? []);
    expect(codes).toHaveLength(1);
    expect((await exchange(product, client, codes[0], verifier)).status).toBe(200);
  }, 60_000);

  it('abuse 70: a mailed code opens one session', async () => {
    const [newcomer, account] = [new Visitor(product), somebody()];
    const signIn = await newcomer.authorize(request(client).params);
    const form = await newcomer.go(`${signIn.address.pathname}/register`);
    const page = await newcomer.press(form, 'Create account', { email: account.email, password: account.password, first_name: 'Ada', last_name: 'Lovelace' });
    const code = await mailedCode(product, account.email);
    const stops = await atOnce(TIMES, (index) => newcomer.copy().press(page, 'Continue', { code: `${code}${' '.repeat(index % 5)}` }));
    expect(stops.some(({ html }) => html.includes('>Allow<'))).toBe(true);
    expect(new Set(stops.flatMap(({ headers }) => headers.getSetCookie().filter((line) => line.startsWith('symbolon_session=')).map((line) => line.split(';')[0]))).size).toBeLessThanOrEqual(1);
    expect(stops.filter(({ address }) => address.pathname.endsWith('/allow')).every(({ address }) => address.pathname === stops.find(({ html }) => html.includes('>Allow<'))!.address.pathname)).toBe(true);
  }, 60_000);

  it('abuse 70: is tried ten times an hour for a registration, a new password and a sign-in each, whatever is sent again; links and known browsers go on', async () => {
    const tries = async (who: Visitor, page: Stop) => {
      const statuses: number[] = [];
      for (let index = 0; index < 11; index += 1) statuses.push((await who.press(page, 'Continue', { code: String(100_000 + index) })).status);
      return statuses;
    };
    const limited = [...Array<number>(10).fill(422), 429];
    const start = async (who: Visitor) => who.authorize(request(client).params);

    const [first, account] = [new Visitor(product), somebody()];
    const form = await first.go(`${(await start(first)).address.pathname}/register`);
    const page = await first.press(form, 'Create account', { email: account.email, password: account.password, first_name: 'Ada', last_name: 'Lovelace' });
    expect(await tries(first, page)).toEqual(limited);
    const link = /http\S+\/register\/\S+/.exec((await newestMail(product, account.email)).text)![0];
    const own = await first.press(await first.go(link), 'Create account', { password: account.password });
    expect(own.address.pathname).toBe('/account');

    const stranger = new Visitor(product);
    const recovery = await stranger.press(await stranger.go(`${(await start(stranger)).address.pathname}/recover`), 'Continue', { email: 'nobody@example.com' });
    expect(await tries(stranger, recovery)).toEqual(limited);

    const other = new Visitor(product);
    const confirm = await other.press(await start(other), 'Sign in', { login: account.email, password: account.password });
    expect(await tries(other, confirm)).toEqual(limited);
    await first.press(own, 'Sign out');
    expect((await first.press(await start(first), 'Sign in', { login: account.email, password: account.password })).html).toContain('>Allow<');
  }, 60_000);
});

describe('a refresh token', () => {
  const fresh = async () => {
    const { code, verifier } = await codeOf(visitor, client);
    return (await exchange(product, client, code, verifier)).body['refresh_token'];
  };

  it('abuse 24: is good after a refresh that asked for too much', async () => {
    const token = await fresh();
    expect((await refresh(product, client, token, { scope: 'openid clients:write' })).body).toMatchObject({ error: 'invalid_scope' });
    expect((await refresh(product, client, token)).status).toBe(200);
  });

  it('is good after a refresh for a resource that the client may not name', async () => {
    const token = await fresh();
    expect((await refresh(product, client, token, { resource: 'https://elsewhere.example' })).body).toMatchObject({ error: 'invalid_target' });
    expect((await refresh(product, client, token)).status).toBe(200);
  });

  it('abuse 25: is nobody else’s', async () => {
    const [token, other] = [await fresh(), await newClient(product)];
    expect((await refresh(product, other, token)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await refresh(product, client, token)).status).toBe(200);
  });

  it('abuse 22: used again after its ten seconds kills its family', async () => {
    const token = await fresh();
    const next = (await refresh(product, client, token)).body['refresh_token'];
    await elevenSecondsLater(connection);
    expect((await refresh(product, client, token)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await refresh(product, client, next)).body).toMatchObject({ error: 'invalid_grant' });
  }, 30_000);

  it('abuse 23: used again within ten seconds revokes nothing', async () => {
    const token = await fresh();
    const next = (await refresh(product, client, token)).body['refresh_token'];
    expect((await refresh(product, client, token)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await refresh(product, client, next)).status).toBe(200);
  });
});

describe('an authorization code', () => {
  it('abuse 16: used again after its ten seconds revokes what it gave', async () => {
    const { code, verifier } = await codeOf(visitor, client);
    const tokens = await exchange(product, client, code, verifier);
    await elevenSecondsLater(connection);
    expect((await exchange(product, client, code, verifier)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await userinfo(product, tokens.body['access_token'])).status).toBe(401);
    expect((await refresh(product, client, tokens.body['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
  }, 30_000);

  it('abuse 18: is nobody else’s, and for this address alone', async () => {
    const { code, verifier } = await codeOf(visitor, client);
    const other = await newClient(product);
    expect((await exchange(product, other, code, verifier)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await exchange(product, client, code, verifier, { redirect_uri: 'https://shop.example/other' })).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('abuse 14: needs the verifier of its challenge', async () => {
    const { code } = await codeOf(visitor, client);
    for (const wrong of ['', 'a'.repeat(43), 'short'])
      expect((await exchange(product, client, code, wrong)).status).toBe(400);
  });
});
