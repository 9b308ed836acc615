import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import Provider from 'oidc-provider';
import { tied } from '../../tools/test/tied.mjs';

let server: ReturnType<typeof createServer>;
let application: ChildProcess;
let origin: string;

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => probe.once('listening', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
};

/** A provider that signs everybody in, so that only the application is looked at. */
const permissive = (issuer: string, redirectUri: string) => {
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'c_1', client_secret: 'secret', redirect_uris: [redirectUri], token_endpoint_auth_method: 'client_secret_basic' }],
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    cookies: { keys: ['test'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  });
  return provider;
};

beforeAll(async () => {
  const port = await freePort();
  origin = `http://localhost:${await freePort()}`;
  const issuer = `http://localhost:${port}`;
  const provider = permissive(issuer, `${origin}/callback`);
  server = createServer(async (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void provider.callback()(request, response);
    const details = await provider.interactionDetails(request, response);
    if (details.prompt.name === 'login') return provider.interactionFinished(request, response, { login: { accountId: 'ada' } });
    const grant = new provider.Grant({ accountId: 'ada', clientId: 'c_1' });
    grant.addOIDCScope('openid email');
    return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  }).listen(port, '127.0.0.1');
  const environment = { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: 'c_1', OIDC_CLIENT_SECRET: 'secret', OIDC_REDIRECT_URI: `${origin}/callback` };
  application = spawn(...tied(process.execPath, ['deploy/sample/relying-party.mjs']), { env: { ...process.env, ...environment }, stdio: 'inherit' });
  for (let tries = 0; tries < 200; tries++) {
    if (await fetch(origin, { redirect: 'manual' }).catch(() => undefined)) return;
    await new Promise((done) => setTimeout(done, 50));
  }
}, 30_000);

afterAll(async () => {
  application.kill();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

/** A browser that keeps cookies (of one host, as all ports of localhost share them) and follows redirects. */
const browse = async (start: string) => {
  const cookies = new Map<string, string>();
  let address = start;
  for (let steps = 0; steps < 15; steps++) {
    const answer = await fetch(address, { redirect: 'manual', headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (!location) return { status: answer.status, body: await answer.text() };
    address = new URL(location, address).href;
  }
  throw new Error(`too many redirects, last ${address}`);
};

it('signs a person in with the ten lines that the README shows', async () => {
  const { status, body } = await browse(`${origin}/`);
  expect({ status, body }).toMatchObject({ status: 200 });
  expect(JSON.parse(body)).toMatchObject({ sub: 'ada', aud: 'c_1' });
});

it('refuses a code that was not asked for in this browser', async () => {
  const { status } = await browse(`${origin}/callback?code=stolen&iss=x`);
  expect(status).toBe(400);
});
