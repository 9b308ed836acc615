import { beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, createLocalJWKSet } from 'jose';
import type { CryptoKey, JWTPayload } from 'jose';
import { accessTokens } from './access-token.js';
import type { VerifyAccessToken } from './access-token.js';
import type { Configuration } from './configuration.js';

const configuration = { issuer: 'http://localhost:3000/oidc', apiAudience: 'http://localhost:3000/api', internalOrigin: 'http://127.0.0.1:3000' } as Configuration;
let key: CryptoKey;
let verify: VerifyAccessToken;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  key = pair.privateKey;
  verify = accessTokens(configuration, createLocalJWKSet({ keys: [{ ...(await exportJWK(pair.publicKey)), alg: 'ES256', kid: 'one' }] }));
});

const seconds = () => Math.floor(Date.now() / 1_000);
const token = (over: JWTPayload = {}, header: object = {}) =>
  new SignJWT({ iss: configuration.issuer, aud: configuration.apiAudience, sub: 'a1', client_id: 'c_1', scope: 'profiles:read consent:read', roles: ['support'], iat: seconds(), exp: seconds() + 300, ...over })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one', ...header })
    .sign(key as CryptoKey);
const refused = async (jwt: Promise<string>) => expect(verify(await jwt)).rejects.toMatchObject({ details: { status: 401 } });

describe('an access token', () => {
  it('says who calls, for which client, with which scopes and roles (RBC-1)', async () => {
    expect(await verify(await token())).toEqual({ subject: 'a1', client: 'c_1', scopes: new Set(['profiles:read', 'consent:read']), roles: ['support'], restsOn: {} });
  });
  it('says which key has to be proven with it, and is refused when it is bound in another way', async () => {
    expect(await verify(await token({ cnf: { jkt: 'thumb' } }))).toMatchObject({ boundTo: 'thumb' });
    await refused(token({ cnf: { 'x5t#S256': 'thumb' } }));
    await refused(token({ cnf: null }));
  });
  it('of a machine has no subject', async () => expect(await verify(await token({ sub: 'c_1' }))).not.toHaveProperty('subject'));
  it('abuse 30: is refused a minute after it expired, and not a second before', async () => {
    await refused(token({ exp: seconds() - 61 }));
    await expect(verify(await token({ exp: seconds() - 50 }))).resolves.toBeDefined();
  });
  it('abuse 30: is refused before its time', () => refused(token({ nbf: seconds() + 120 })));
  it('abuse 29: is refused for another audience', () => refused(token({ aud: 'https://other.example' })));
  it('abuse 29: is refused from another issuer', () => refused(token({ iss: 'https://other.example/oidc' })));
  it('abuse 29: is refused when it is another kind of token', () => refused(token({}, { typ: 'JWT' })));
  it('abuse 28: is refused with a header that must be understood and is not', () => refused(token({}, { crit: ['b64', 'x'], b64: true, x: 1 }).catch(() => 'a.b.c')));
  it('abuse 28: is refused with a key that nobody published', () => refused(token({}, { kid: "' or 1=1 --" })));
  it('is refused without a client', () => refused(token({ client_id: undefined })));
});
