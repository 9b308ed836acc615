import { hkdfSync } from 'node:crypto';

/**
 * A client's secret: 256 bits derived from the service key and the secret's id (HKDF, RFC 5869), base64url. Derived and not drawn, so that a request that is
 * repeated under its Idempotency-Key after a lost answer gets the same secret. The id alone says nothing without the key.
 */
export const derivedSecret = (serviceKey: Uint8Array, secretId: string): string => Buffer.from(hkdfSync('sha256', serviceKey, secretId, 'symbolon client secret', 32)).toString('base64url');
