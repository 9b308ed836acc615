import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CannotStart, isPublicIssuer } from '@symbolon/boot';
import type { Running } from '@symbolon/boot';
import { readPrivately, writePrivately } from './admin-file.js';
import type { AdminFile } from './admin-file.js';

type Credentials = Readonly<{ issuer: string; clientId: string; clientSecret: string; port: number }>;
type Sample = Readonly<{ close(): Promise<void> }>;

const application = new URL('../../../deploy/sample/application.mjs', import.meta.url);

async function token({ client_id = '', client_secret = '' }: AdminFile, { configuration }: Running): Promise<string> {
  const answer = await fetch(`${configuration.internalOrigin}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${encodeURIComponent(client_id)}:${encodeURIComponent(client_secret)}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'clients:write', resource: configuration.apiAudience }),
  });
  if (!answer.ok) throw new Error(`the machine client got no token: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** The sample is a client like any other: third-party, made over the API, its secret kept in the data folder. */
async function register(running: Running, admin: AdminFile): Promise<Credentials> {
  const { configuration, settings } = running;
  const origin = `http://localhost:${settings.samplePort}`;
  const body = {
    name: 'Garden Club',
    party: 'third',
    authenticationMethod: 'client_secret_basic',
    redirectUris: [`${origin}/callback`],
    postLogoutRedirectUris: [`${origin}/`],
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: ['openid', 'email', 'profile'],
    purposes: ['account', 'profile'],
  };
  const answer = await fetch(`${configuration.internalOrigin}/api/authentication/v1/clients`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await token(admin, running)}`,
      'content-type': 'application/json',
      'idempotency-key': createHash('sha256').update(`sample ${Date.now()} ${process.pid}`).digest('hex'),
    },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`the sample client was refused: ${answer.status} ${await answer.text()}`);
  const { id, secret } = (await answer.json()) as { id: string; secret: string };
  return { issuer: configuration.issuer, clientId: id, clientSecret: secret, port: settings.samplePort };
}

async function credentials(running: Running, admin: AdminFile): Promise<Credentials> {
  const path = join(running.dataDir, 'sample.json');
  const kept = readPrivately<Credentials>(path);
  if (kept && kept.issuer === running.configuration.issuer && kept.port === running.settings.samplePort) return kept;
  const made = await register(running, admin);
  writePrivately(path, made);
  return made;
}

/** Starts the sample application; a public installation has none. */
export async function startSampleApplication(running: Running, admin: AdminFile): Promise<Sample | undefined> {
  if (isPublicIssuer(running.configuration.issuer)) return undefined;
  const { startSample } = (await import(application.href)) as { startSample(options: object): Promise<Sample> };
  try {
    return await startSample({ ...(await credentials(running, admin)), bind: running.configuration.bind });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const { samplePort } = running.settings;
    throw new CannotStart(`Port ${samplePort} is taken by another program. Stop that one, or choose another port for the sample application: SYMBOLON_SAMPLE_PORT=${samplePort + 1000} npm start.`, { cause: error });
  }
}
