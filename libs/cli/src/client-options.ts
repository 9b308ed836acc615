import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Failure } from './failure.js';

/** What can be said of an application by flags. Whatever is not named is undefined. */
export type Described = Readonly<{
  name?: string; redirectUri?: string[]; postLogoutRedirectUri?: string[]; purpose?: string[]; scope?: string[]; resource?: string[];
  firstParty?: boolean; thirdParty?: boolean; public?: boolean; machine?: boolean; privateKey?: boolean; confidential?: boolean;
  jwks?: string; jwksUri?: string; claimsInIdToken?: boolean; staff?: boolean; native?: boolean; profile?: string; pkce?: boolean; serves?: string[]; tokenFormat?: string; idTokenAlgorithm?: string;
}>;

/** An application as the API shows it. */
export type Client = Readonly<{
  id: string; name: string; party: string; authenticationMethod: string; redirectUris: readonly string[]; postLogoutRedirectUris?: readonly string[]; grantTypes?: readonly string[];
  scopes?: readonly string[]; purposes?: readonly string[]; resources?: readonly string[]; claimsInIdToken?: boolean; staff?: boolean;
  applicationType?: string; profile?: string; pkce?: string; serves?: readonly string[]; tokenFormat?: string; idTokenAlgorithm?: string; warnings?: readonly string[]; jwks?: unknown; jwksUri?: string; disabled?: boolean; secret?: string;
}>;

const collect = (value: string, before: string[] | undefined) => [...(before ?? []), value];

/** Every flag that describes an application, the same ones for a new one and for a change. */
export const descriptionOptions = (command: Command): Command =>
  command
    .option('--redirect-uri <address>', 'where people come back to, exactly; may be repeated', collect)
    .option('--post-logout-redirect-uri <address>', 'where people come back to after signing out; may be repeated. Without it: the origins of the redirect addresses, with and without a slash', collect)
    .option('--purpose <purpose>', 'a purpose for which it asks claims; may be repeated', collect)
    .option('--resource <address>', 'an API of yours that it may get tokens for (RFC 8707); may be repeated', collect)
    .option('--scope <scope>', 'a scope that it may ask for; may be repeated', collect)
    .option('--first-party', 'our own application: nobody is asked to allow it')
    .option('--third-party', 'somebody else’s application: people are asked to allow it')
    .option('--native', 'installed on the device of its user: any port on 127.0.0.1, or a scheme such as com.example.app:/callback; keeps no secret')
    .option('--serves <address>', 'an API that it is: it introspects the tokens that were made for it (RFC 7662); may be repeated', collect)
    .option('--token-format <format>', 'how tokens for the APIs that it serves look: jwt or opaque')
    .option('--id-token-algorithm <algorithm>', 'what signs its ID tokens: RS256, PS256, ES256 or EdDSA')
    .option('--pkce', 'it must use PKCE, as every new one')
    .option('--no-pkce', 'an older application that knows no PKCE: it must send a nonce, and a warning says what it costs')
    .option('--profile <profile>', 'a security profile that it follows as a whole: fapi2 (keys, pushed requests, tokens bound to a key), or standard')
    .option('--staff', 'staff works with it: it gets staff scopes and the roles of whoever signs in')
    .option('--no-staff', 'customers use it, and roles do not count there')
    .option('--public', 'an application that can keep no secret (browser, mobile)')
    .option('--confidential', 'an application with a secret')
    .option('--private-key', 'an application that signs with its own key (private_key_jwt); needs --jwks or --jwks-uri')
    .option('--machine', 'no person signs in: client credentials only')
    .option('--jwks <file>', 'its public keys, a JWK Set in a file')
    .option('--jwks-uri <address>', 'where its public keys are, https')
    .option('--claims-in-id-token', 'names and e-mail also stand in the ID token')
    .option('--no-claims-in-id-token', 'the ID token says who, and userinfo the rest (OIDC Core 5.4)');

const either = (first: boolean | undefined, second: boolean | undefined, names: string): void => {
  if (first && second) throw new Failure(`${names} exclude each other: say one of them.`);
};

function keysIn(file: string): unknown {
  try {
    const read = JSON.parse(readFileSync(file, 'utf8')) as { keys?: unknown };
    return Array.isArray(read.keys) ? read : { keys: [read] };
  } catch (error) {
    throw new Failure(`${file} holds no JWK Set: ${(error as Error).message}. Export the public keys as {"keys": [...]}.`);
  }
}

/** How it proves who it is; undefined: the flags do not say. */
function authentication(options: Described): string | undefined {
  either(options.public, options.confidential, '--public and --confidential');
  either(options.public, options.privateKey, '--public and --private-key');
  either(options.confidential, options.privateKey, '--confidential and --private-key');
  either(options.public, options.machine, '--public and --machine');
  either(options.native, options.confidential, '--native and --confidential');
  either(options.native, options.privateKey, '--native and --private-key');
  return options.public || options.native ? 'none' : options.privateKey ? 'private_key_jwt' : options.confidential ? 'client_secret' : undefined;
}

/** Addresses to which usual libraries send people after signing out: the application's origin, with and without the slash. */
export function signOutAddresses(redirectUris: readonly string[]): readonly string[] {
  const origins = redirectUris.map((uri) => new URL(uri)).filter(({ protocol }) => protocol === 'https:' || protocol === 'http:').map(({ origin }) => origin);
  return [...new Set(origins)].flatMap((origin) => [origin, `${origin}/`]);
}

function checkAddresses(redirectUris: readonly string[] = []): void {
  const wrong = redirectUris.find((uri) => !URL.canParse(uri));
  if (wrong !== undefined) throw new Failure(`${wrong} is no address. Write it in full, for example --redirect-uri https://shop.example.com/callback.`);
}

const withoutUndefined = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** What the flags say, in the API's words; what they do not name is left out. */
function described(options: Described): Record<string, unknown> {
  either(options.firstParty, options.thirdParty, '--first-party and --third-party');
  checkAddresses(options.redirectUri);
  return withoutUndefined({
    name: options.name,
    redirectUris: options.redirectUri,
    postLogoutRedirectUris: options.postLogoutRedirectUri,
    purposes: options.purpose,
    scopes: options.scope,
    resources: options.resource,
    party: options.firstParty ? 'first' : options.thirdParty ? 'third' : undefined,
    authenticationMethod: authentication(options),
    jwks: options.jwks === undefined ? undefined : keysIn(options.jwks),
    jwksUri: options.jwksUri,
    claimsInIdToken: options.claimsInIdToken,
    staff: options.staff,
    applicationType: options.native ? 'native' : undefined,
    pkce: options.pkce === undefined ? undefined : options.pkce ? 'required' : 'optional',
    profile: options.profile,
    serves: options.serves,
    tokenFormat: options.tokenFormat,
    idTokenAlgorithm: options.idTokenAlgorithm,
  });
}

/** What the API is asked to make. */
export function creation(options: Described): Record<string, unknown> {
  const redirectUris = options.redirectUri ?? [];
  if (redirectUris.length === 0 && !options.machine)
    throw new Failure('Nobody could come back to this application: name its address with --redirect-uri https://shop.example.com/callback, or say --machine when no person signs in.');
  const named = described(options);
  const signs = options.privateKey || options.profile === 'fapi2';
  if (signs && options.jwks === undefined && options.jwksUri === undefined) throw new Failure('An application that signs with its own key has public keys: name them with --jwks keys.json or --jwks-uri https://shop.example.com/jwks.');
  return {
    // Nothing listens at the address of an installed application while it is not signing in.
    postLogoutRedirectUris: options.native ? [] : signOutAddresses(redirectUris),
    purposes: options.machine ? [] : ['account', 'profile'],
    scopes: options.machine ? [] : ['openid', 'email', 'profile'],
    party: 'third',
    authenticationMethod: options.profile === 'fapi2' ? 'private_key_jwt' : 'client_secret',
    ...named,
    redirectUris,
    grantTypes: options.machine ? ['client_credentials'] : ['authorization_code', 'refresh_token'],
  };
}

/** What the API is asked to change: what the flags name, and what hangs together with it. */
export function changes(before: Client, options: Described): Record<string, unknown> {
  const named = described(options);
  if (Object.keys(named).length === 0 && !options.machine) throw new Failure('Nothing is named that should change. symbolon client change --help shows every flag.');
  return { ...(options.machine ? asMachine(before, named) : {}), ...signOutBeside(before, options), ...named };
}

/** No person comes back to a machine: what belongs to people goes with them. */
function asMachine({ scopes = [], authenticationMethod }: Client, named: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (named['redirectUris'] !== undefined) throw new Failure('Nobody comes back to a machine: leave out --redirect-uri, or --machine.');
  return {
    grantTypes: ['client_credentials'], redirectUris: [], postLogoutRedirectUris: [], purposes: [], scopes: scopes.filter((scope) => scope.includes(':')),
    ...(authenticationMethod === 'none' ? { authenticationMethod: 'client_secret' } : {}),
  };
}

/** Sign-out addresses that came from the redirect addresses follow them; those that somebody named stay. */
function signOutBeside({ redirectUris, postLogoutRedirectUris = [], grantTypes = [], applicationType }: Client, { redirectUri, postLogoutRedirectUri, native }: Described): Record<string, unknown> {
  if (redirectUri === undefined) return {};
  const derived = new Set(signOutAddresses(redirectUris));
  const person = grantTypes.includes('authorization_code') ? {} : { grantTypes: ['authorization_code', 'refresh_token'] };
  const beside = native || applicationType === 'native' ? [] : signOutAddresses(redirectUri);
  const own = postLogoutRedirectUris.filter((uri) => !derived.has(uri));
  return { ...person, ...(postLogoutRedirectUri === undefined ? { postLogoutRedirectUris: [...beside, ...own] } : {}) };
}
