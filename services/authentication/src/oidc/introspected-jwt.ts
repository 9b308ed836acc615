import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { Unavailable } from '@symbolon/event-sourcing';
import { isRevoked } from '@symbolon/web';
import type { Ports, RestsOn } from '@symbolon/web';
import type { ClientRegistry } from '../client/client-registry.js';
import { findAccountRow } from './claims.js';
import { mayIntrospect } from './introspection.policy.js';
import { publicKeys } from './signing-keys.js';
import type { SigningKey } from './signing-keys.js';

type Parts = Readonly<{ ports: Ports; clients: ClientRegistry; keys: readonly SigningKey[] }>;
type Claims = JWTPayload & Readonly<{ client_id: string; scope?: string; roles?: readonly string[]; rests_on?: RestsOn; cnf?: Readonly<{ jkt?: string }> }>;

const INACTIVE = { active: false } as const;

/**
 * Introspection of access tokens that are JWTs (RFC 7662). The library stops at them after the client has proved who it is; here is the answer: a
 * signature of ours, in time, and everything that the token rests on still there (ADR 9).
 */
export function introspectedJwt({ ports, clients, keys }: Parts) {
  const known = createLocalJWKSet({ keys: publicKeys(keys) });
  const { issuer } = ports.configuration;

  const opened = async (token: string): Promise<Claims | undefined> => {
    const verified = await jwtVerify(token, known, { issuer, typ: 'at+jwt', algorithms: ['ES256'] }).catch(() => undefined);
    return verified?.payload as Claims | undefined;
  };

  const lives = async ({ sub, client_id: client, rests_on: restsOn = {} }: Claims): Promise<boolean> => {
    if ((await clients.metadata(client)) === undefined) return false;
    const subject = sub === client ? undefined : sub;
    const account = subject === undefined ? undefined : await findAccountRow(ports.database, subject);
    if (subject !== undefined && (!account || account.disabled)) return false;
    return !(await isRevoked(ports.database, 'authentication', { ...(subject === undefined ? {} : { subject }), client, restsOn }));
  };

  const introspected = async (token: string, asks: string): Promise<object> => {
    const claims = await opened(token);
    const row = claims && (await clients.row(asks));
    if (!row || !mayIntrospect({ client: asks, serves: row.serves, token: { clientId: claims.client_id, ...(claims.aud === undefined ? {} : { aud: claims.aud }) } })) return INACTIVE;
    if (!(await lives(claims))) return INACTIVE;
    const { rests_on: _restsOn, ...told } = claims;
    return { active: true, ...told, token_type: told.cnf?.jkt === undefined ? 'Bearer' : 'DPoP' };
  };

  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next();
    if (ctx.oidc?.route !== 'introspection' || (ctx.body as { error?: unknown } | undefined)?.error !== 'unsupported_token_type') return;
    try {
      ctx.body = await introspected(String(ctx.oidc.params?.['token']), ctx.oidc.client!.clientId);
      ctx.status = 200;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      ctx.status = 503;
      ctx.set('retry-after', '2');
      ctx.body = { error: 'temporarily_unavailable', error_description: 'try again in some seconds' };
    }
  };
}
