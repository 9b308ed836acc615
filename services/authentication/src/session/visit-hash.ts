import { createHash } from 'node:crypto';

/** What rows know a visit by. Its number is in the address and in a cookie, and whoever has both goes on with it: it is kept nowhere. */
export const visitHash = (uid: string): string => createHash('sha256').update(`visit|${uid}`).digest('hex');
