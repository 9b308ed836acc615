import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { answering, registered, run, sourceOf, stopAll, until } from '../deploy/samples/sample.js';
import { reader } from './browser.js';
import { freePorts, machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { answered, exchange, newClient, register, Visitor } from './relying-party.js';
import { fillIn, mailedCode, somebody } from './visits.js';

let product: Product;
let API_URL: string;
let environment: Record<string, string>;

beforeAll(async () => {
  let port: number;
  [product, { port }] = await Promise.all([startProduct(), freePorts()]);
  API_URL = `http://localhost:${port}/`;
  environment = await registered(product, 'native', { 4750: port });
  await answering(run(sourceOf('resource-server'), ['node', 'server.mjs'], { OIDC_ISSUER: product.issuer, API_URL }), API_URL);
}, 120_000);

afterAll(async () => {
  await stopAll();
  await product?.stop();
});

it('the native sample signs a person in at any port of a loopback address and calls the API of the resource server sample', async () => {
  const [person, account] = [reader(), somebody()];
  const native = run(sourceOf('native'), ['node', 'native.mjs'], { ...environment, API_URL });
  await person.visit(await until(native, () => /^http\S+/m.exec(native.printed())?.[0]));
  await person.follow('Create an account');
  await fillIn(person, account);
  await person.fill('Code', await mailedCode(product, account.email));
  await person.press('Continue');
  await person.press('Allow');
  expect(await person.text()).toBe('Signed in. You may close this page.');
  expect([await native.ended, native.printed()]).toEqual([0, expect.stringContaining('three tulip bulbs')]);
  const claims = JSON.parse(/^Signed in: (.*)$/m.exec(native.printed())![1]!) as Record<string, unknown>;
  expect(claims).toMatchObject({ iss: product.issuer, aud: environment['OIDC_CLIENT_ID'], email: account.email, sub: expect.any(String) });
  expect(native.printed()).toContain(`"customer":"${String(claims['sub'])}"`);
}, 60_000);

it('the native sample signs a person in by a scheme of its own', async () => {
  const [visitor, account] = [new Visitor(product), somebody()];
  const native = run(sourceOf('native'), ['node', 'scheme.mjs'], environment);
  const signIn = await visitor.go(await until(native, () => /^http\S+/m.exec(native.printed())?.[0]));
  const form = await visitor.go(`${signIn.address.pathname}/register`);
  const code = await visitor.press(form, 'Create account', { email: account.email, password: account.password, first_name: account.firstName, last_name: account.lastName });
  const { address } = await answered(visitor, await visitor.press(code, 'Continue', { code: await mailedCode(product, account.email) }));
  expect(address.href).toMatch(/^com\.example\.bulbs:\/callback\?/);
  native.say(address.href);
  expect([await native.ended, native.printed()]).toEqual([0, expect.stringContaining(`"email":"${account.email}"`)]);
}, 60_000);

it('the native sample says in words why nobody is signed in, and ends', async () => {
  const [person, account] = [reader(), somebody()];
  const start = async (over: Record<string, string> = {}) => {
    const native = run(sourceOf('native'), ['node', 'native.mjs'], { ...environment, ...over });
    await person.visit(await until(native, () => /^http\S+/m.exec(native.printed())?.[0]));
    return native;
  };
  const refused = await start();
  await person.follow('Create an account');
  await fillIn(person, account);
  await person.fill('Code', await mailedCode(product, account.email));
  await person.press('Continue');
  await person.press('Cancel');
  expect([await person.text(), await refused.ended, refused.printed()]).toEqual(['Not signed in.', 1, expect.stringMatching(/^The person did not allow it\.$/m)]);
  const elsewhere = await start({ API_URL: 'http://localhost:1/' });
  expect([await person.text(), await elsewhere.ended, elsewhere.printed()]).toEqual(['Not signed in.', 1, expect.stringMatching(/^the client is not registered for this resource$/m)]);
}, 60_000);

const call = async (address: string, token?: unknown) => {
  const answer = await fetch(address, token === undefined ? {} : { headers: { authorization: `Bearer ${String(token)}` } });
  return [answer.status, answer.headers.get('www-authenticate')];
};

it('the resource server sample refuses what was not made for it: an ID token, an opaque token, a token for another API, a token without the scope', async () => {
  const client = await newClient(product, { scopes: ['openid', 'email', 'orders:read'], resources: [API_URL] });
  const tokens = async (over: Record<string, string>, atToken: Record<string, string>) => {
    const { stop, verifier } = await register(product, client, { over });
    return (await exchange(product, client, stop.sentTo?.get('code'), verifier, atToken)).body;
  };
  const mine = { scope: 'openid email orders:read', resource: API_URL };
  const { access_token: opaque, id_token: idToken } = await tokens(mine, {});
  const { access_token: fitting } = await tokens(mine, { resource: API_URL });
  const { access_token: withoutScope } = await tokens({ scope: 'openid email', resource: API_URL }, { resource: API_URL });
  expect(await call(API_URL, fitting)).toEqual([200, null]);
  expect(await call(API_URL)).toEqual([401, 'Bearer']);
  for (const token of ['nonsense', idToken, opaque, await machineToken(product, 'clients:read')]) expect([token, ...(await call(API_URL, token))]).toEqual([token, 401, 'Bearer error="invalid_token"']);
  expect(await call(API_URL, withoutScope)).toEqual([403, 'Bearer error="insufficient_scope"']);
}, 60_000);

it('the resource server sample takes access tokens alone, in their time, from its issuer', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] };
  const issuerServer = createServer((request, response) => response.end(JSON.stringify(request.url === '/keys' ? keys : { jwks_uri: `${issuer}/keys` }))).listen(0, 'localhost');
  await new Promise((done) => issuerServer.once('listening', done));
  const issuer = `http://localhost:${(issuerServer.address() as AddressInfo).port}`;
  const { port } = await freePorts();
  const address = `http://localhost:${port}/`;
  await answering(run(sourceOf('resource-server'), ['node', 'server.mjs'], { OIDC_ISSUER: issuer, API_URL: address }), address);
  const token = (header: { typ?: string }, claims: Record<string, unknown>) => {
    const at = Math.floor(Date.now() / 1_000);
    return new SignJWT({ iss: issuer, aud: address, sub: 's', client_id: 'c', scope: 'orders:read', exp: at + 300, ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt', ...header }).sign(privateKey);
  };
  const answers = [await token({}, {}), await token({ typ: 'JWT' }, {}), await token({}, { exp: 1 }), await token({}, { exp: undefined }), await token({}, { iss: 'http://localhost' }), await token({}, { aud: 'c' })];
  expect(await Promise.all(answers.map(async (one) => (await call(address, one))[0]))).toEqual([200, 401, 401, 401, 401, 401]);
  issuerServer.close();
}, 60_000);
