import { hkdfSync } from 'node:crypto';
import { uuidv5 } from '@symbolon/event-sourcing';
import { now } from '@symbolon/web';
import type { Ports, SeedFacts } from '@symbolon/web';
import { ACCOUNT_CLIENT, MACHINE_CLIENT } from './client/built-in-clients.js';
import { client } from './client/client.decider.js';
import type { ClientMetadata } from './client/client.decider.js';
import { ClientRegistry, digestOf } from './client/client-registry.js';
import { clients, clientSecrets } from './client/clients.projection.js';
import { derivedSecret } from './client/derived-secret.js';
import { apiScopes } from './oidc/api-scopes.policy.js';

/** The first administrator's address; nobody can receive mail there (RFC 2606), caught mail aside. */
const ADMINISTRATOR = 'admin@symbolon.example';

const system = { actor: 'system:installation', correlation: 'installation' };

/** Without letters and digits that are taken for each other; 25 of 32 signs are 125 bits. */
function password(serviceKey: Uint8Array): string {
  const signs = 'abcdefghjkmnpqrstuvwxyz123456789';
  const drawn = [...Buffer.from(hkdfSync('sha256', serviceKey, 'first administrator', 'symbolon password', 25))].map((byte) => signs[byte % signs.length]!).join('');
  return drawn.match(/.{5}/g)!.join('-');
}

const ofItsOwn = (metadata: Partial<ClientMetadata> & Pick<ClientMetadata, 'name'>): ClientMetadata => ({
  redirectUris: [], postLogoutRedirectUris: [], party: 'first', authenticationMethod: 'none', grantTypes: [], scopes: [], purposes: ['account'], resources: [], jwks: '', jwksUri: '', claimsInIdToken: false, staff: false, profile: '',
  applicationType: '', pkce: '', serves: [], tokenFormat: '', idTokenAlgorithm: '',
  ...metadata,
});

/** Creates a client of ours, or changes it to what this version and configuration want. */
async function keepClient(ports: Ports, clientId: string, metadata: ClientMetadata, secretId?: string): Promise<void> {
  const handler = ports.handler(client);
  const stream = `client-${clientId}` as const;
  const created = await handler.handle(stream, { type: 'CreateClient', id: uuidv5('installation', clientId), at: now(), metadata, ...(secretId === undefined ? {} : { secretId }) }, system);
  const changed = await handler.handle(stream, { type: 'ChangeClient', id: uuidv5('installation', `${clientId} ${JSON.stringify(metadata)}`), at: now(), metadata }, system);
  const last = 'position' in changed ? changed.position : 'position' in created ? created.position : undefined;
  if (last !== undefined) await Promise.all([clients, clientSecrets].map(({ name }) => ports.waitFor(name, last, 5_000)));
}

/** What a fresh installation needs: the account pages' client, a machine client and the first administrator. The same facts at every start. */
export async function install(ports: Ports, createAdministrator: (account: { email: string; password: string }) => Promise<void>): Promise<SeedFacts> {
  const { origin, keys } = ports.configuration;
  await keepClient(ports, ACCOUNT_CLIENT, ofItsOwn({ name: 'Your account', grantTypes: ['authorization_code'], redirectUris: [`${origin}/account/callback`], postLogoutRedirectUris: [`${origin}/account`] }));
  const secretId = uuidv5('installation', 'machine secret');
  const secret = derivedSecret(keys.service, secretId);
  await new ClientRegistry(ports.database).keepSecret(MACHINE_CLIENT, digestOf(secret), secretId);
  await keepClient(ports, MACHINE_CLIENT, ofItsOwn({ name: 'Operator', authenticationMethod: 'client_secret_basic', grantTypes: ['client_credentials'], scopes: [...apiScopes], purposes: [], staff: true }), secretId);
  const administrator = { email: ADMINISTRATOR, password: password(keys.service) };
  await createAdministrator(administrator);
  return { ...administrator, client_id: MACHINE_CLIENT, client_secret: secret };
}
