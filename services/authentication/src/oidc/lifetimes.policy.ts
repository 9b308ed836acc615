const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** Lifetimes that never change, in seconds (DESIGN, "lifetimes"). A grant outlives every refresh token that hangs on it. */
export const fixedLifetimes = { AuthorizationCode: MINUTE, ClientCredentials: 5 * MINUTE, Grant: 400 * DAY, IdToken: 15 * MINUTE, Interaction: 30 * MINUTE } as const;

/** Seconds that a token for an API lives (a JWT, which nobody can take back at resource servers of others), and one for userinfo (a row). */
export const API_TOKEN = 5 * MINUTE;
const OPAQUE_TOKEN = 10 * MINUTE;

/** Seconds that an access token lives. */
export const accessLifetime = (forApi: boolean): number => (forApi ? API_TOKEN : OPAQUE_TOKEN);

/** Seconds that a refresh token lives: 30 days without use, and no longer than 180 since the first of its family (`first`, epoch seconds). */
export const refreshLifetime = (first: number, now: number): number => Math.max(1, Math.min(30 * DAY, first + 180 * DAY - now));

/** Seconds that a session lives: 14 days without use, and no longer than 30 since the sign-in (`signedIn`, epoch seconds). */
export const sessionLifetime = (signedIn: number, now: number): number => Math.max(1, Math.min(14 * DAY, signedIn + 30 * DAY - now));
