import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import type { Database } from '@symbolon/postgres';

/** What proofs are signed with, at the provider and at our own APIs (FAPI 2.0 Security Profile section 5.4.1). */
export const DPOP_ALGORITHMS = ['ES256', 'PS256'] as const;

/** How far a proof's time may lie from ours. Seconds. */
const AGE = 60;
const LONGEST_ID = 200;

/** The request that a proof has to be for. `thumbprint`: of the key that the token is bound to; `address`: without query (RFC 9449 section 4.3). */
export type Proven = Readonly<{ token: string; thumbprint: string; method: string; address: string }>;

/** A right proof: what is kept of it so that it is taken once, and for how long it would be taken. */
export type Proof = Readonly<{ id: Buffer; until: Date }>;

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Addresses are compared as RFC 3986 normalises them, without query and fragment. */
function sameAddress(htu: unknown, address: string): boolean {
  if (typeof htu !== 'string' || !URL.canParse(htu)) return false;
  const named = new URL(htu);
  [named.search, named.hash] = ['', ''];
  return named.href === new URL(address).href;
}

function fault({ iat, jti, htm, htu, ath }: JWTPayload, { token, method, address }: Proven): string | undefined {
  if (Math.abs(Math.floor(Date.now() / 1_000) - (iat ?? 0)) > AGE) return `Its time (iat) is more than ${AGE} seconds from ours.`;
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_ID) return `It names itself (jti) with 1 to ${LONGEST_ID} characters.`;
  if (htm !== method) return 'It is for another method (htm).';
  if (!sameAddress(htu, address)) return 'It is for another address (htu) than the one that it came to.';
  if (ath !== sha256(token).toString('base64url')) return 'It is for another access token (ath).';
  return undefined;
}

/** Checks a proof of possession (RFC 9449 section 4.3) but for its one use. A text says what is wrong. */
export async function checkedProof(proof: string, asked: Proven): Promise<Proof | string> {
  const verified = await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt', algorithms: [...DPOP_ALGORITHMS] }).catch(() => undefined);
  if (!verified) return `It is no proof that is signed with ${DPOP_ALGORITHMS.join(' or ')} by the key that it names.`;
  if ((await calculateJwkThumbprint(verified.protectedHeader.jwk!)) !== asked.thumbprint) return 'It is signed with another key than the one that the access token is bound to.';
  return fault(verified.payload, asked) ?? { id: sha256(`${asked.thumbprint}|${verified.payload.jti}`), until: new Date((verified.payload.iat! + AGE + 1) * 1_000) };
}

/** Whether this proof was not used before at this service, at whichever process of it. Throws `Unavailable`. */
export async function isFirstUse(database: Pick<Database, 'query'>, service: string, { id, until }: Proof): Promise<boolean> {
  const { rowCount } = await database.query(`insert into ${service}.proofs_of_possession (id, expires_at) values ($1, $2) on conflict (id) do nothing`, [id, until]);
  return rowCount > 0;
}
