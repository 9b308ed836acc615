import { createHash, createHmac } from 'node:crypto';
import { parse } from 'pg-connection-string';

/** A name of PostgreSQL has at most so many bytes. */
const LONGEST = 63;

/**
 * The login role of a service in the database that an address names, as `consent_shop`: roles belong to a whole server, on which each database may be
 * another installation's.
 */
export function roleName(url: string, service: string): string {
  const name = `${service}_${parse(url).database ?? ''}`;
  if (Buffer.byteLength(name) <= LONGEST) return name;
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${Buffer.from(name).subarray(0, LONGEST - mark.length - 4).toString('utf8').replaceAll('\ufffd', '')}_${mark}`;
}

/** The password of a login role: derived from an installation's secret, so that every start knows it and no file lists it. */
export const rolePassword = (role: string, secret: Uint8Array | string): string => createHmac('sha256', secret).update(`symbolon postgres role ${role}`).digest('base64url');

/** The owner's address, with the name and password of a service's role in their place. */
export function roleUrl(ownerUrl: string, service: string, secret: Uint8Array | string): string {
  const rest = /^(postgres(?:ql)?:\/\/)(?:[^@/]*@)?(.*)$/.exec(ownerUrl);
  if (!rest) throw new Error('not a postgres: address');
  const role = roleName(ownerUrl, service);
  return `${rest[1]}${encodeURIComponent(role)}:${rolePassword(role, secret)}@${rest[2]}`;
}
