import { refuse } from '@symbolon/event-sourcing';
import type { Command, Decider } from '@symbolon/event-sourcing';
import type { AuthenticationEvent } from '../events.gen.js';
import { RECORD } from '../oidc/api-scopes.policy.js';
import { hasSecret } from './client-secrets.policy.js';
import { isFapi2 } from './security-profile.policy.js';
import { applicationType, redirectFault } from './redirect-uri.policy.js';

/** Everything an application is, except its secrets. */
export type ClientMetadata = Extract<AuthenticationEvent, { type: 'ClientCreated' }>['data'];

export type ClientCommand =
  | (Command & Readonly<{ type: 'CreateClient'; metadata: ClientMetadata; secretId?: string }>)
  | (Command & Readonly<{ type: 'ChangeClient'; metadata: ClientMetadata }>)
  | (Command & Readonly<{ type: 'RotateClientSecret'; secretId: string }>)
  | (Command & Readonly<{ type: 'DisableClient'; reason: string }>)
  | (Command & Readonly<{ type: 'EnableClient' }>);

export type ClientRefusal =
  | 'authentication/client_exists'
  | 'authentication/unknown_client'
  | 'authentication/redirect_uri_not_allowed'
  | 'authentication/redirect_uri_needed'
  | 'authentication/client_has_no_secret'
  | 'authentication/keys_needed'
  | 'authentication/keys_twice'
  | 'authentication/profile_needs_keys'
  | 'authentication/not_for_public_clients'
  | 'authentication/native_is_public'
  | 'authentication/pkce_needed'
  | 'authentication/first_party_only';

export type ClientEvent = Extract<AuthenticationEvent, { type: `Client${string}` }>;

type State = Readonly<{ metadata?: ClientMetadata; disabled: boolean }>;

function fault(metadata: ClientMetadata): ClientRefusal | undefined {
  const { redirectUris, postLogoutRedirectUris, grantTypes, authenticationMethod, jwks, jwksUri, party, scopes, profile } = metadata;
  const type = applicationType(metadata.applicationType);
  if ([...redirectUris, ...postLogoutRedirectUris].some((uri) => redirectFault(uri, type) !== undefined)) return 'authentication/redirect_uri_not_allowed';
  if (grantTypes.includes('authorization_code') && redirectUris.length === 0) return 'authentication/redirect_uri_needed';
  if (isFapi2({ profile }) && authenticationMethod !== 'private_key_jwt') return 'authentication/profile_needs_keys';
  if (authenticationMethod === 'private_key_jwt' && jwks === '' && jwksUri === '') return 'authentication/keys_needed';
  if (jwks !== '' && jwksUri !== '') return 'authentication/keys_twice';
  if (authenticationMethod === 'none' && grantTypes.includes('client_credentials')) return 'authentication/not_for_public_clients';
  if (authenticationMethod === 'none' && metadata.serves.length > 0) return 'authentication/not_for_public_clients';
  // What is installed on many devices keeps no secret (RFC 8252 section 8.5).
  if (type === 'native' && authenticationMethod !== 'none') return 'authentication/native_is_public';
  // Nothing else says that a public client is the one that asked (RFC 9700 section 2.1.1).
  if ((authenticationMethod === 'none' || isFapi2({ profile })) && metadata.pkce === 'optional') return 'authentication/pkce_needed';
  if (scopes.includes(RECORD) && party !== 'first') return 'authentication/first_party_only';
  return undefined;
}

const same = (a: ClientMetadata, b: ClientMetadata): boolean => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

/** The rules of an application's registration (`client-<id>`). */
export const client: Decider<State, ClientCommand, ClientEvent, ClientRefusal> = {
  initial: { disabled: false },

  evolve: (state, event) => {
    switch (event.type) {
      case 'ClientCreated':
      case 'ClientChanged':
        return { ...state, metadata: event.data };
      case 'ClientDisabled':
        return { ...state, disabled: true };
      case 'ClientEnabled':
        return { ...state, disabled: false };
      case 'ClientSecretRotated':
        return state;
    }
  },

  decide: (command, state) => {
    if (command.type === 'CreateClient') {
      if (state.metadata) return refuse('authentication/client_exists');
      const wrong = fault(command.metadata);
      if (wrong) return refuse(wrong);
      const secret: ClientEvent[] = command.secretId === undefined ? [] : [{ type: 'ClientSecretRotated', data: { secretId: command.secretId } }];
      return [{ type: 'ClientCreated', data: command.metadata }, ...secret];
    }
    if (!state.metadata) return refuse('authentication/unknown_client');
    switch (command.type) {
      case 'ChangeClient': {
        const wrong = fault(command.metadata);
        if (wrong) return refuse(wrong);
        return same(command.metadata, state.metadata) ? [] : [{ type: 'ClientChanged', data: command.metadata }];
      }
      case 'RotateClientSecret':
        if (!hasSecret(state.metadata.authenticationMethod)) return refuse('authentication/client_has_no_secret');
        return [{ type: 'ClientSecretRotated', data: { secretId: command.secretId } }];
      case 'DisableClient':
        return state.disabled ? [] : [{ type: 'ClientDisabled', data: { reason: command.reason } }];
      case 'EnableClient':
        return state.disabled ? [{ type: 'ClientEnabled', data: {} }] : [];
    }
  },
};
