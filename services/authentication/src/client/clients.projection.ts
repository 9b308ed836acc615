import { projection, put, table } from '@symbolon/event-sourcing';
import type { AuthenticationEvent } from '../events.gen.js';

type ClientMetadata = Extract<AuthenticationEvent, { type: 'ClientCreated' }>['data'];

const columns = (data: ClientMetadata) => ({
  name: data.name, redirect_uris: data.redirectUris, post_logout_redirect_uris: data.postLogoutRedirectUris, party: data.party, authentication_method: data.authenticationMethod,
  grant_types: data.grantTypes, scopes: data.scopes, purposes: data.purposes, resources: data.resources, jwks: data.jwks, jwks_uri: data.jwksUri, claims_in_id_token: data.claimsInIdToken, staff: data.staff, profile: data.profile,
  application_type: data.applicationType, pkce: data.pkce, serves: data.serves, token_format: data.tokenFormat, id_token_algorithm: data.idTokenAlgorithm,
});

const idOf = (stream: string): string => stream.slice('client-'.length);

/** Applications as the provider reads them. */
export const clients = projection<AuthenticationEvent>('authentication.clients.v1', { categories: ['client'] }, table('authentication.clients_v1', ['client_id']), {
  ClientCreated: ({ stream, metadata, event }) => put({ client_id: idOf(stream), ...columns(event.data), created_at: metadata.at, disabled: false }),
  ClientChanged: ({ stream, event }) => put({ client_id: idOf(stream), ...columns(event.data) }),
  ClientDisabled: ({ stream, position }) => put({ client_id: idOf(stream), disabled: true, revoked: position }),
  ClientEnabled: ({ stream }) => put({ client_id: idOf(stream), disabled: false }),
});

/** Which secrets of an application are valid, and since when. */
export const clientSecrets = projection<AuthenticationEvent>('authentication.secrets.v1', { categories: ['client'] }, table('authentication.secrets_v1', ['client_id', 'secret_id']), {
  ClientSecretRotated: ({ stream, metadata, event }) => put({ client_id: idOf(stream), secret_id: event.data.secretId, since: metadata.at }),
});
