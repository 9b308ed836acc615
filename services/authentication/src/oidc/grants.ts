import { createHash } from 'node:crypto';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { allowedScopes } from './allowed-scopes.js';
import type { Parts } from './configuration.js';

/**
 * The id of a session's grant for a client: the same for all requests, so that tabs that ask at the same moment share one grant instead of replacing
 * each other's. It opens nothing: grants are reached through a session or a token.
 */
export const grantIdOf = (sessionUid: string, clientId: string): string => createHash('sha256').update(`grant|${sessionUid}|${clientId}`).digest('base64url');

/** Scopes of OpenID Connect that a request asks for and a client may have. */
const oidcScopes = (ctx: KoaContextWithOIDC): string[] => [...ctx.oidc.requestParamOIDCScopes];

/**
 * The provider's technical grant for this session and client: what was granted in it before, with what needs no question added: everything for a first-party
 * client, what the person allowed for good (`authorizations_v1`) for a third party. What is still missing makes the library show the Allow page.
 */
export const loadGrant = (parts: Parts) => async (ctx: KoaContextWithOIDC) => {
  const { client, session, provider, result } = ctx.oidc;
  const accountId = session?.accountId;
  if (!client || accountId === undefined) return undefined;
  const known = (result?.['consent'] as { grantId?: string } | undefined)?.grantId ?? session!.grantIdFor(client.clientId) ?? grantIdOf(session!.uid, client.clientId);
  const begins = (session as unknown as { new?: true }).new === true; // nothing was granted yet in a session that this request begins
  const found = begins ? undefined : await provider.Grant.find(known);
  const grant = found && found.accountId === accountId && found.clientId === client.clientId ? found : undefined;
  const firstParty = (client as unknown as { symbolon_party: string }).symbolon_party === 'first';
  const { database, configuration } = parts.ports;
  const allowed = firstParty ? undefined : await allowedScopes({ database, apiAudience: configuration.apiAudience }, accountId, client.clientId);
  // Allowed, then taken back: the session's grant counts no longer. An answer of the Allow page that is still on its way to our table does.
  if (!firstParty && !allowed && result?.['consent'] === undefined) return undefined;
  const scopes = oidcScopes(ctx).filter((scope) => (firstParty || allowed?.scopes.has(scope)) && !grant?.getOIDCScope().split(' ').includes(scope));
  const resources = Object.entries(ctx.oidc.resourceServers ?? {}).map(([indicator, server]) => ({
    indicator,
    scopes: [...ctx.oidc.requestParamScopes].filter((scope) => server.scopes.has(scope) && (firstParty || allowed?.at(indicator).has(scope)) && !grant?.getResourceScope(indicator).split(' ').includes(scope)),
  }));
  if (scopes.length === 0 && resources.every(({ scopes: missing }) => missing.length === 0)) return grant;
  const wider = grant ?? new provider.Grant({ accountId, clientId: client.clientId, jti: grantIdOf(session!.uid, client.clientId) } as object);
  if (scopes.length > 0) wider.addOIDCScope(scopes.join(' '));
  for (const { indicator, scopes: missing } of resources) if (missing.length > 0) wider.addResourceScope(indicator, missing.join(' '));
  await wider.save();
  return wider;
};
