import { shownNameFault } from '@symbolon/event-sourcing';
import { AnswerSchema, multiLine, Problem } from '@symbolon/web';
import { z } from 'zod';
import { apiScopes, oidcScopes } from '../oidc/api-scopes.policy.js';
import type { ClientMetadata } from './client.decider.js';
import type { ClientRow } from './client-registry.js';
import { authenticationMethods } from './client-secrets.policy.js';
import { redirectFault } from './redirect-uri.policy.js';
import { idTokenAlgorithms } from '../oidc/id-token-algorithms.js';

const address = z.string().max(2_000);
/** What holds for every kind of application; whether this one may have it, the decider knows. */
const uri = address.superRefine((text, context) => {
  const fault = redirectFault(text, 'native');
  if (fault) context.addIssue({ code: 'custom', message: `The address ${fault}.` });
});
const word = z.string().regex(/^[a-z][a-z0-9_-]{0,49}$/, 'Send a word of lower-case letters, digits, - and _.');

const fields = {
  name: z.string().trim().min(1).max(100).refine((name) => shownNameFault(name) === undefined, 'Send a name on one line that can be seen, without control characters and angle brackets.'),
  redirectUris: z.array(uri).max(20),
  postLogoutRedirectUris: z.array(uri).max(20),
  party: z.enum(['first', 'third']),
  authenticationMethod: z.enum(authenticationMethods),
  grantTypes: z.array(z.enum(['authorization_code', 'refresh_token', 'client_credentials'])).min(1),
  scopes: z.array(z.enum([...oidcScopes, ...apiScopes]).or(z.string().regex(/^[a-z][a-z0-9_.-]{0,49}:[a-z0-9_.-]{1,50}$/, 'Send scopes of the form resource:action.'))).max(50),
  purposes: z.array(word).max(50),
  resources: z.array(z.url().max(500)).max(20),
  jwks: z.strictObject({ keys: z.array(z.looseObject({ kty: z.string() })).min(1).max(10) }).optional(),
  jwksUri: z.url({ protocol: /^https$/ }).max(500).optional(),
  claimsInIdToken: z.boolean(),
  staff: z.boolean(),
  applicationType: z.enum(['web', 'native']),
  pkce: z.enum(['required', 'optional']),
  serves: z.array(z.url().max(500)).max(20),
  tokenFormat: z.enum(['jwt', 'opaque']),
  idTokenAlgorithm: z.enum(idTokenAlgorithms),
  profile: z.enum(['standard', 'fapi2']),
};

const ADDRESSES = ['redirectUris', 'postLogoutRedirectUris'] as const;

/** An application as it is registered; what is left out gets the value of a web application with its own server. */
export const ClientBody = z.strictObject({
  ...fields,
  redirectUris: z.array(address).max(20).default([]),
  postLogoutRedirectUris: z.array(address).max(20).default([]),
  party: fields.party.default('third'),
  authenticationMethod: fields.authenticationMethod.default('client_secret'),
  grantTypes: fields.grantTypes.default(['authorization_code', 'refresh_token']),
  scopes: fields.scopes.default([]),
  purposes: fields.purposes.default(['account']),
  resources: fields.resources.default([]),
  claimsInIdToken: fields.claimsInIdToken.default(true),
  staff: fields.staff.default(false),
  profile: fields.profile.default('standard'),
  applicationType: fields.applicationType.default('web'),
  pkce: fields.pkce.default('required'),
  serves: fields.serves.default([]),
  tokenFormat: fields.tokenFormat.default('jwt'),
  idTokenAlgorithm: fields.idTokenAlgorithm.default('RS256'),
}).superRefine((body, context) => {
  for (const field of ADDRESSES)
    for (const [index, one] of body[field].entries()) {
      const fault = redirectFault(one, body.applicationType);
      if (fault) context.addIssue({ code: 'custom', path: [field, index], message: `The address ${fault}.` });
    }
});
/** What a change may name; nothing that it leaves out is touched. */
export const ClientChangeBody = z.strictObject(fields).partial();
export const ReasonBody = z.strictObject({ reason: multiLine(z.string().trim().min(1).max(200)) });

const keys = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });
export const ClientSchema = z
  .object({
    id: z.string(), name: z.string(), redirectUris: z.array(z.string()), postLogoutRedirectUris: z.array(z.string()), party: z.string(), authenticationMethod: z.string(), grantTypes: z.array(z.string()),
    scopes: z.array(z.string()), purposes: z.array(z.string()), resources: z.array(z.string()), claimsInIdToken: z.boolean(), staff: z.boolean(),
    profile: z.string(), applicationType: z.string(), pkce: z.string(), serves: z.array(z.string()), tokenFormat: z.string(), idTokenAlgorithm: z.string(), disabled: z.boolean(), jwks: keys.optional(), jwksUri: z.string().optional(),
  })
  .describe('An application; never its secret');
export const ClientsSchema = z.object({ clients: z.array(ClientSchema) }).describe('All applications');
const warnings = z.array(z.string()).describe('What the registration costs that is less safe than it could be');
const secret = z.string().describe('In this answer and nowhere else');
export const RegisteredSchema = AnswerSchema.extend({ id: z.string(), name: z.string(), redirectUris: z.array(z.string()), secret: secret.optional(), warnings: warnings.optional() });
export const ChangedClientSchema = AnswerSchema.extend({ warnings: warnings.optional() });
export const SecretSchema = AnswerSchema.extend({ secret });

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
  applicationType: row.application_type, pkce: row.pkce, serves: row.serves, tokenFormat: row.token_format, idTokenAlgorithm: row.id_token_algorithm,
});

/** Only what a change names. */
export const named = ({ jwks, profile, ...rest }: ClientChange): Partial<ClientMetadata> => ({
  ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
  // Keys are named once: the new place of them takes the place of the old one.
  ...(jwks === undefined ? (rest.jwksUri === undefined ? {} : { jwks: '' }) : { jwks: publicKeys(jwks), ...(rest.jwksUri === undefined ? { jwksUri: '' } : {}) }),
  ...(profile === undefined ? {} : { profile: keptProfile(profile) }),
});

export const view = (row: ClientRow) => ({
  id: row.client_id, name: row.name, redirectUris: row.redirect_uris, postLogoutRedirectUris: row.post_logout_redirect_uris, party: row.party, authenticationMethod: row.authentication_method,
  grantTypes: row.grant_types, scopes: row.scopes, purposes: row.purposes, resources: row.resources, claimsInIdToken: row.claims_in_id_token, staff: row.staff, profile: row.profile === '' ? 'standard' : row.profile,
  applicationType: row.application_type || 'web', pkce: row.pkce || 'required', serves: row.serves, tokenFormat: row.token_format || 'jwt', idTokenAlgorithm: row.id_token_algorithm || 'RS256', disabled: row.disabled,
  ...(row.jwks === '' ? {} : { jwks: JSON.parse(row.jwks) as unknown }), ...(row.jwks_uri === '' ? {} : { jwksUri: row.jwks_uri }),
});

