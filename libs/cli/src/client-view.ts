import type { Client } from './client-options.js';

/** Every field that is shown, with its words, in this order. */
const FIELDS: readonly (readonly [field: keyof Client, words: string])[] = [
  ['name', 'name'], ['party', 'party'], ['authenticationMethod', 'authentication'], ['grantTypes', 'grants'], ['redirectUris', 'redirect addresses'], ['postLogoutRedirectUris', 'sign-out addresses'],
  ['scopes', 'scopes'], ['purposes', 'purposes'], ['resources', 'resources'], ['claimsInIdToken', 'claims in the ID token'], ['jwksUri', 'keys at'], ['jwks', 'keys'], ['staff', 'for staff'], ['applicationType', 'kind'], ['profile', 'security profile'], ['pkce', 'PKCE'], ['serves', 'serves'], ['tokenFormat', 'tokens for it'], ['idTokenAlgorithm', 'ID tokens signed by'], ['disabled', 'disabled'],
];

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(' ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object' && value !== null) return (value as { keys?: { kid?: string; kty?: string }[] }).keys?.map(({ kid, kty }) => kid ?? kty ?? 'a key').join(' ') ?? JSON.stringify(value);
  return value === undefined || value === '' ? 'none' : String(value);
}

const widest = Math.max(...FIELDS.map(([, words]) => words.length));

/** An application, one line for each thing that is known of it. */
export const clientLines = (client: Client): string =>
  [['client id', client.id] as const, ...FIELDS.filter(([field]) => client[field] !== undefined).map(([field, words]) => [words, shown(client[field])] as const)].map(([words, value]) => `${words.padEnd(widest)}  ${value}`).join('\n');

/** What differs, as before → after; empty: nothing. */
export const differences = (before: Client, after: Client): readonly string[] =>
  FIELDS.filter(([field]) => JSON.stringify(before[field]) !== JSON.stringify(after[field])).map(([field, words]) => `${words.padEnd(widest)}  ${shown(before[field])}  →  ${shown(after[field])}`);

/** Lines that an application can take as its environment. */
export function environmentLines(issuer: string, { id, secret, redirectUris: [redirectUri], postLogoutRedirectUris: [signedOut] = [] }: Client): string {
  return [
    `OIDC_ISSUER=${issuer}`,
    `OIDC_CLIENT_ID=${id}`,
    ...(secret ? [`OIDC_CLIENT_SECRET=${secret}`] : []),
    ...(redirectUri ? [`OIDC_REDIRECT_URI=${redirectUri}`] : []),
    ...(signedOut ? [`OIDC_POST_LOGOUT_REDIRECT_URI=${signedOut}`] : []),
  ].join('\n');
}
