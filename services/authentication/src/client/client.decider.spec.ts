import { describe, it } from '@jest/globals';
import { specification } from '@symbolon/event-sourcing';
import { client } from './client.decider.js';
import type { ClientEvent, ClientMetadata } from './client.decider.js';

const shop: ClientMetadata = {
  name: 'Shop', redirectUris: ['https://shop.example/cb'], postLogoutRedirectUris: [], party: 'third', authenticationMethod: 'client_secret_basic',
  grantTypes: ['authorization_code'], scopes: [], purposes: ['account'], resources: [], jwks: '', jwksUri: '', claimsInIdToken: true, staff: false, profile: '', applicationType: 'web', pkce: 'required', serves: [], tokenFormat: 'jwt', idTokenAlgorithm: 'RS256',
};
const given = specification(client);
const at = '2026-01-01T00:00:00.000Z';
const create = (metadata: Partial<ClientMetadata> = {}) => ({ type: 'CreateClient', id: 'c', at, metadata: { ...shop, ...metadata }, secretId: 's1' }) as const;
const created: ClientEvent = { type: 'ClientCreated', data: shop };

describe('an application', () => {
  it('is created with its first secret', () => given().when(create()).then(created, { type: 'ClientSecretRotated', data: { secretId: 's1' } }));
  it('is not created twice', () => given(created).when(create()).refused('authentication/client_exists'));
  it('abuse 5: is refused when an address is a script', () => given().when(create({ redirectUris: ['javascript:alert(1)'] })).refused('authentication/redirect_uri_not_allowed'));
  it('abuse 5: is refused when an address after sign-out is a script', () => given().when(create({ postLogoutRedirectUris: ['data:x'] })).refused('authentication/redirect_uri_not_allowed'));
  it('needs an address to send people back to', () => given().when(create({ redirectUris: [] })).refused('authentication/redirect_uri_needed'));
  it('needs keys when it signs its requests', () => given().when(create({ authenticationMethod: 'private_key_jwt' })).refused('authentication/keys_needed'));
  it('follows FAPI 2.0 only with keys of its own, never with a secret or as a public client', () => {
    for (const authenticationMethod of ['client_secret_basic', 'none']) given().when(create({ profile: 'fapi2', authenticationMethod })).refused('authentication/profile_needs_keys');
    given().when({ ...create({ profile: 'fapi2', authenticationMethod: 'private_key_jwt', jwks: '{"keys":[]}' }), secretId: undefined as never }).then({ type: 'ClientCreated', data: { ...shop, profile: 'fapi2', authenticationMethod: 'private_key_jwt', jwks: '{"keys":[]}' } });
    given(created).when({ type: 'ChangeClient', id: 'c', at, metadata: { ...shop, profile: 'fapi2' } }).refused('authentication/profile_needs_keys');
  });
  it('gets no token for itself when it keeps no secret', () => given().when(create({ authenticationMethod: 'none', grantTypes: ['authorization_code', 'client_credentials'] })).refused('authentication/not_for_public_clients'));
  it('abuse 99: records no consents when it is somebody else’s', () => {
    given().when(create({ scopes: ['consent:record'] })).refused('authentication/first_party_only');
    given({ type: 'ClientCreated', data: { ...shop, party: 'first', scopes: ['consent:record'] } }).when({ type: 'ChangeClient', id: 'c', at, metadata: { ...shop, scopes: ['consent:record'] } }).refused('authentication/first_party_only');
  });
  it('changes', () => given(created).when({ type: 'ChangeClient', id: 'c', at, metadata: { ...shop, name: 'Store' } }).then({ type: 'ClientChanged', data: { ...shop, name: 'Store' } }));
  it('changes nothing when nothing differs', () => given(created).when({ type: 'ChangeClient', id: 'c', at, metadata: { ...shop } }).nothing());
  it('abuse 5: keeps its addresses when a change names a script', () => given(created).when({ type: 'ChangeClient', id: 'c', at, metadata: { ...shop, redirectUris: ['vbscript:x'] } }).refused('authentication/redirect_uri_not_allowed'));
  it('gets a new secret', () => given(created).when({ type: 'RotateClientSecret', id: 'c', at, secretId: 's2' }).then({ type: 'ClientSecretRotated', data: { secretId: 's2' } }));
  it('gets no secret when it keeps none', () => given({ type: 'ClientCreated', data: { ...shop, authenticationMethod: 'none' } }).when({ type: 'RotateClientSecret', id: 'c', at, secretId: 's2' }).refused('authentication/client_has_no_secret'));
  it('is disabled once', () => given(created, { type: 'ClientDisabled', data: { reason: 'x' } }).when({ type: 'DisableClient', id: 'c', at, reason: 'x' }).nothing());
  it('is enabled again', () => given(created, { type: 'ClientDisabled', data: { reason: 'x' } }).when({ type: 'EnableClient', id: 'c', at }).then({ type: 'ClientEnabled', data: {} }));
  it('is unknown before it is created', () => given().when({ type: 'DisableClient', id: 'c', at, reason: 'x' }).refused('authentication/unknown_client'));
});
