import { createHmac } from 'node:crypto';

/** The password of a service's login role: derived from an installation's secret, so that every start knows it and no file lists it. */
export const rolePassword = (role: string, secret: Uint8Array | string): string => createHmac('sha256', secret).update(`symbolon postgres role ${role}`).digest('base64url');

/** The owner's address, with the role's name and password in their place. */
export function roleUrl(ownerUrl: string, role: string, secret: Uint8Array | string): string {
  const rest = /^(postgres(?:ql)?:\/\/)(?:[^@/]*@)?(.*)$/.exec(ownerUrl);
  if (!rest) throw new Error('not a postgres: address');
  return `${rest[1]}${encodeURIComponent(role)}:${rolePassword(role, secret)}@${rest[2]}`;
}
