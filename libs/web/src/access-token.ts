import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import type { CallerIdentity } from './caller.js';
import type { Configuration } from './configuration.js';
import { Problem } from './problem.js';
import type { RestsOn } from './revocations.js';

/** Verifies an access token of our provider (RFC 9068); throws a 401 problem that does not say more than it must. */
export type VerifyAccessToken = (token: string) => Promise<CallerIdentity>;

const refused = (detail: string) => new Problem({ type: 'web/invalid_token', title: 'The access token is not valid here', status: 401, detail });
const away = () => new Problem({ type: 'web/unavailable', title: 'Tokens cannot be checked at the moment', status: 503, detail: 'Try again in some seconds.', retryAfter: 2 });

const words = (value: unknown): string[] => (typeof value === 'string' ? value.split(' ').filter(Boolean) : []);
/** Only texts, by name: what else stands there says nothing, as if nothing stood there. */
const restsOn = (value: unknown): RestsOn => Object.fromEntries(Object.entries(value ?? {}).filter(([, on]) => typeof on === 'string'));
const list = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []);

/** The key that a token is bound to. A way to bind that is not ours is refused: whoever holds such a token would have to prove what we cannot check. */
function bound(confirmation: unknown): { boundTo?: string } {
  if (confirmation === undefined) return {};
  const thumbprint = (confirmation as { jkt?: unknown } | null)?.jkt;
  if (typeof thumbprint !== 'string') throw refused('It is bound in a way that is not ours. Get a new one at the token endpoint.');
  return { boundTo: thumbprint };
}

/** Keys come from the provider alone, never from a token; algorithms, type, issuer and audience are fixed. Clocks may differ by a minute. */
export function accessTokens({ issuer, apiAudience, internalOrigin }: Configuration, keys: JWTVerifyGetKey = createRemoteJWKSet(new URL(`${internalOrigin}/oidc/jwks`))): VerifyAccessToken {
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, { issuer, audience: apiAudience, typ: 'at+jwt', algorithms: ['ES256', 'RS256', 'EdDSA'], clockTolerance: 60, requiredClaims: ['exp', 'iat', 'sub', 'client_id'] }).catch((error: { code?: string }) => {
      throw error.code === 'ERR_JWKS_TIMEOUT' || error.code === undefined ? away() : refused('It is expired, made for another audience, or not ours. Get a new one at the token endpoint.');
    });
    const client = String(payload['client_id']);
    return { ...(payload.sub === client ? {} : { subject: String(payload.sub) }), client, scopes: new Set(words(payload['scope'])), roles: list(payload['roles']), restsOn: restsOn(payload['rests_on']), ...bound(payload['cnf']) };
  };
}
