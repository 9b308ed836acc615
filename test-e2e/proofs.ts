import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import type { Json } from './relying-party.js';

/** A key of somebody, and what others see of it. */
export type Key = Readonly<{ alg: string; privateKey: CryptoKey; jwk: JWK }>;

/** A new key; `kid` where it stands in a key set. */
export async function newKey(alg = 'ES256', kid?: string): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return { alg, privateKey, jwk: kid === undefined ? jwk : { ...jwk, alg, use: 'sig', kid } };
}

export const thumbprintOf = ({ jwk }: Key): Promise<string> => calculateJwkThumbprint(jwk);

const seconds = () => Math.floor(Date.now() / 1_000);

/** What a proof is for. */
export type For = Readonly<{ method: string; address: string; token?: string }>;

/** A proof of possession (RFC 9449 section 4.2); `over` and `header` make it wrong. */
export const proof = ({ alg, privateKey, jwk }: Key, { method, address, token }: For, over: Json = {}, header: Json = {}): Promise<string> =>
  new SignJWT({ jti: randomUUID(), htm: method, htu: address, iat: seconds(), ...(token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') }), ...over })
    .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk: { kty: jwk.kty!, ...(jwk.crv ? { crv: jwk.crv } : {}), ...(jwk.x ? { x: jwk.x } : {}), ...(jwk.y ? { y: jwk.y } : {}), ...(jwk.n ? { n: jwk.n, e: jwk.e! } : {}) }, ...header })
    .sign(privateKey);
