import { multiLine, Problem } from '@symbolon/web';
import { z } from 'zod';
import { apiScopes, oidcScopes } from '../oidc/api-scopes.policy.js';
import type { ClientMetadata } from './client.decider.js';
import type { ClientRow } from './client-registry.js';
import { redirectFault } from './redirect-uri.policy.js';

const uri = z.string().max(2_000).superRefine((text, context) => {
  const fault = redirectFault(text);
  if (fault) context.addIssue({ code: 'custom', message: `The address ${fault}.` });
});
const word = z.string().regex(/^[a-z][a-z0-9_-]{0,49}$/, 'Send a word of lower-case letters, digits, - and _.');

const fields = {
  name: z.string().trim().min(1).max(100).regex(/^[^\p{Cc}<>]*$/u, 'Send a name without control characters and angle brackets.'),
  redirectUris: z.array(uri).max(20),
  postLogoutRedirectUris: z.array(uri).max(20),
  party: z.enum(['first', 'third']),
  authenticationMethod: z.enum(['client_secret_basic', 'private_key_jwt', 'none']),
  grantTypes: z.array(z.enum(['authorization_code', 'refresh_token', 'client_credentials'])).min(1),
  scopes: z.array(z.enum([...oidcScopes, ...apiScopes]).or(z.string().regex(/^[a-z][a-z0-9_.-]{0,49}:[a-z0-9_.-]{1,50}$/, 'Send scopes of the form resource:action.'))).max(50),
  purposes: z.array(word).max(50),
  resources: z.array(z.url().max(500)).max(20),
  jwks: z.strictObject({ keys: z.array(z.looseObject({ kty: z.string() })).min(1).max(10) }).optional(),
  jwksUri: z.url({ protocol: /^https$/ }).max(500).optional(),
  claimsInIdToken: z.boolean(),
  staff: z.boolean(),
  profile: z.enum(['standard', 'fapi2']),
};

/** An application as it is registered; what is left out gets the value of a web application with its own server. */
export const ClientBody = z.strictObject({
  ...fields,
  redirectUris: fields.redirectUris.default([]),
  postLogoutRedirectUris: fields.postLogoutRedirectUris.default([]),
  party: fields.party.default('third'),
  authenticationMethod: fields.authenticationMethod.default('client_secret_basic'),
  grantTypes: fields.grantTypes.default(['authorization_code', 'refresh_token']),
  scopes: fields.scopes.default([]),
  purposes: fields.purposes.default(['account']),
  resources: fields.resources.default([]),
  claimsInIdToken: fields.claimsInIdToken.default(true),
  staff: fields.staff.default(false),
  profile: fields.profile.default('standard'),
});
/** What a change may name; nothing that it leaves out is touched. */
export const ClientChangeBody = z.strictObject(fields).partial();
export const ReasonBody = z.strictObject({ reason: multiLine(z.string().trim().min(1).max(200)) });

export type ClientInput = z.output<typeof ClientBody>;
export type ClientChange = z.output<typeof ClientChangeBody>;
export type Reason = z.output<typeof ReasonBody>;

/** Private parts of keys are never taken. */
const publicKeys = (jwks: ClientInput['jwks']): string => {
  if (!jwks) return '';
  if (jwks.keys.some((key) => ['d', 'p', 'q', 'k'].some((part) => part in key))) throw new Problem({ type: 'web/invalid', title: 'The request is not valid', status: 400, errors: [{ field: 'jwks', rule: 'public_keys', message: 'Send the public keys only, and replace these: their private parts have travelled.' }] });
  return JSON.stringify(jwks);
};

/** What is no profile is kept as none, as before there were any. */
const keptProfile = (profile: ClientInput['profile']): string => (profile === 'standard' ? '' : profile);

export const metadataOf = ({ jwks, jwksUri, profile, ...rest }: ClientInput): ClientMetadata => ({ ...rest, jwks: publicKeys(jwks), jwksUri: jwksUri ?? '', profile: keptProfile(profile) });

/** What is registered of an application, as its events say it. */
export const registered = (row: ClientRow): ClientMetadata => ({
  name: row.name, redirectUris: row.redirect_uris, postLogoutRedirectUris: row.post_logout_redirect_uris, party: row.party, authenticationMethod: row.authentication_method, grantTypes: row.grant_types,
  scopes: row.scopes, purposes: row.purposes, resources: row.resources, jwks: row.jwks, jwksUri: row.jwks_uri, claimsInIdToken: row.claims_in_id_token, staff: row.staff, profile: row.profile,
});

/** Only what a change names. */
export const named = ({ jwks, profile, ...rest }: ClientChange): Partial<ClientMetadata> => ({
  ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
  ...(jwks === undefined ? {} : { jwks: publicKeys(jwks) }),
  ...(profile === undefined ? {} : { profile: keptProfile(profile) }),
});

export const view = (row: ClientRow) => ({
  id: row.client_id, name: row.name, redirectUris: row.redirect_uris, postLogoutRedirectUris: row.post_logout_redirect_uris, party: row.party, authenticationMethod: row.authentication_method,
  grantTypes: row.grant_types, scopes: row.scopes, purposes: row.purposes, resources: row.resources, claimsInIdToken: row.claims_in_id_token, staff: row.staff, profile: row.profile === '' ? 'standard' : row.profile, disabled: row.disabled,
  ...(row.jwks === '' ? {} : { jwks: JSON.parse(row.jwks) as unknown }), ...(row.jwks_uri === '' ? {} : { jwksUri: row.jwks_uri }),
});

