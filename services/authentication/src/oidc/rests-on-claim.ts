import { epochText } from '@symbolon/web';
import type { RestsOn } from '@symbolon/web';
import type { ClientRegistry } from '../client/client-registry.js';
import { restsOnAuthorization, restsOnEpoch } from './rests-on.js';
import { sessionHash } from './session-hash.js';

/** The parts of an access token, of a person or a machine, that say what it rests on. */
type Token = Readonly<{ clientId?: string; accountId?: string; sessionUid?: string; expiresWithSession?: boolean; resourceServer?: Readonly<{ accessTokenFormat?: string }> }>;

/** The claim by which our own APIs, and introspection by whoever serves another one, refuse a JWT as soon as what it rests on is gone. Of an opaque token its row says so. */
export async function restsOnClaim(clients: Pick<ClientRegistry, 'row'>, token: object): Promise<Readonly<{ rests_on?: RestsOn }>> {
  const { clientId = '', accountId, sessionUid, expiresWithSession, resourceServer } = token as Token;
  if (resourceServer?.accessTokenFormat !== 'jwt') return {};
  const client = (await clients.row(clientId))?.revoked ?? '';
  if (accountId === undefined) return { rests_on: { client } };
  const session = sessionUid !== undefined && expiresWithSession ? { session: sessionHash(sessionUid) } : {};
  return { rests_on: { client, account: epochText(restsOnEpoch(accountId)), authorization: restsOnAuthorization(accountId, clientId) ?? '', ...session } };
}
