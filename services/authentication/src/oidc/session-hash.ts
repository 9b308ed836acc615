import { createHash } from 'node:crypto';

/** What tokens and other services know a session by (hexadecimal): it says which one ended, and opens nothing. */
export const sessionHash = (uid: string): string => createHash('sha256').update(`session|${uid}`).digest('hex');

/** The same in SQL, of the expression `uid`. */
export const sessionHashSql = (uid: string): string => `encode(sha256(convert_to('session|' || ${uid}, 'UTF8')), 'hex')`;
