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

/** Where the sample is found: what changes with its port. */
function addresses({ settings: { samplePort } }: Running): Readonly<{ redirectUris: string[]; postLogoutRedirectUris: string[] }> {
  const origin = `http://localhost:${samplePort}`;
  return { redirectUris: [`${origin}/callback`], postLogoutRedirectUris: [`${origin}/`] };
}

/** A request to the API of applications. */
async function ask(running: Running, admin: AdminFile, method: 'POST' | 'PATCH', path: string, body: object): Promise<Response> {
  return fetch(`${running.configuration.internalOrigin}/api/authentication/v1/clients${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await token(admin, running)}`,
      'content-type': 'application/json',
      'idempotency-key': createHash('sha256').update(`sample ${Date.now()} ${process.pid}`).digest('hex'),
    },
    body: JSON.stringify(body),
  });
}

const refused = async (answer: Response) => new Error(`the sample client was refused: ${answer.status} ${await answer.text()}`);

/** The sample is a client like any other: third-party, made over the API, its secret kept in the data folder. */
async function register(running: Running, admin: AdminFile): Promise<Credentials> {
  const { configuration, settings } = running;
  const body = {
    name: 'Garden Club',
    party: 'third',
    authenticationMethod: 'client_secret_basic',
    ...addresses(running),
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: ['openid', 'email', 'profile'],
    purposes: ['account', 'profile'],
  };
  const answer = await ask(running, admin, 'POST', '', body);
  if (!answer.ok) throw await refused(answer);
  const { id, secret } = (await answer.json()) as { id: string; secret: string };
  return { issuer: configuration.issuer, clientId: id, clientSecret: secret, port: settings.samplePort };
}

/** The sample that is there already, at its new address; undefined: this database does not know it. */
async function moved(running: Running, admin: AdminFile, { clientId, clientSecret }: Credentials): Promise<Credentials | undefined> {
  const answer = await ask(running, admin, 'PATCH', `/${encodeURIComponent(clientId)}`, addresses(running));
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw await refused(answer);
  return { issuer: running.configuration.issuer, clientId, clientSecret, port: running.settings.samplePort };
}

async function credentials(running: Running, admin: AdminFile): Promise<Credentials> {
  const path = join(running.dataDir, 'sample.json');
  const kept = readPrivately<Credentials>(path);
  if (kept && kept.issuer === running.configuration.issuer && kept.port === running.settings.samplePort) return kept;
  const made = (kept && (await moved(running, admin, kept))) ?? (await register(running, admin));
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
