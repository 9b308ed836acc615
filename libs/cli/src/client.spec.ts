import { describe, expect, it } from '@jest/globals';
import { changes, creation, signOutAddresses } from './client-options.js';
import type { Client } from './client-options.js';
import { clientLines, differences, environmentLines } from './client-view.js';
import { table } from './table.js';

it('prints environment lines that an application can read as they are', () => {
  const client = { id: 'c_1', name: 'Shop', party: 'third', authenticationMethod: 'client_secret_basic', redirectUris: ['http://localhost:4000/callback'], secret: 's3' };
  expect(environmentLines('http://localhost:3000/oidc', client)).toBe('OIDC_ISSUER=http://localhost:3000/oidc\nOIDC_CLIENT_ID=c_1\nOIDC_CLIENT_SECRET=s3\nOIDC_REDIRECT_URI=http://localhost:4000/callback');
});

it('prints no secret line for a public client', () => {
  const client = { id: 'c_1', name: 'App', party: 'third', authenticationMethod: 'none', redirectUris: [] };
  expect(environmentLines('http://localhost:3000/oidc', client)).not.toContain('SECRET');
});

it('names the option for the address that is missing or is none, before anything is asked', () => {
  expect(() => creation({ name: 'Shop' })).toThrow(/--redirect-uri.*--machine/);
  expect(() => creation({ name: 'Shop', redirectUri: ['shop'] })).toThrow(/shop is no address.*--redirect-uri/);
  expect(creation({ name: 'Job', machine: true })).toMatchObject({ redirectUris: [], grantTypes: ['client_credentials'] });
});

it('marks an application for staff when it is told to, and says nothing of it otherwise', () => {
  expect(creation({ name: 'Console', redirectUri: ['https://console.example/cb'], staff: true })).toMatchObject({ staff: true });
  expect(creation({ name: 'Shop', redirectUri: ['https://shop.example/cb'] })).not.toHaveProperty('staff');
});

it('describes an installed application, and an older one that knows no PKCE', () => {
  expect(creation({ name: 'App', redirectUri: ['http://127.0.0.1/cb', 'com.example.app:/cb'], native: true })).toMatchObject({ applicationType: 'native', authenticationMethod: 'none', postLogoutRedirectUris: [] });
  expect(creation({ name: 'Shop', redirectUri: ['https://shop.example/cb'], native: false })).toMatchObject({ authenticationMethod: 'client_secret' });
  expect(creation({ name: 'Shop', redirectUri: ['https://shop.example/cb'], native: false })).not.toHaveProperty('pkce');
  expect(changes(shop, { pkce: true })).toEqual({ pkce: 'required' });
  expect(creation({ name: 'Webmail', redirectUri: ['https://mail.example/cb'], pkce: false })).toMatchObject({ pkce: 'optional' });
});

it('an application of the profile fapi2 has keys and no secret', () => {
  expect(creation({ name: 'Bank', redirectUri: ['https://bank.example/cb'], jwksUri: 'https://bank.example/jwks', profile: 'fapi2' })).toMatchObject({ profile: 'fapi2', authenticationMethod: 'private_key_jwt' });
});

it('aligns a table by its widest cell', () => {
  expect(table(['a', 'b'], [['long', 'x']])).toBe('a     b\nlong  x');
});

const shop: Client = {
  id: 'c_1', name: 'Shop', party: 'third', authenticationMethod: 'client_secret_basic', redirectUris: ['http://localhost:4700/callback'], postLogoutRedirectUris: ['http://localhost:4700', 'http://localhost:4700/', 'https://bye.example/'],
  grantTypes: ['authorization_code', 'refresh_token'], scopes: ['openid', 'profiles:read'], purposes: ['account'], resources: [], claimsInIdToken: true,
};

it('registers and prints the address that usual libraries send at sign-out, with and without the slash', () => {
  const asked = creation({ name: 'Shop', redirectUri: ['http://localhost:4700/callback', 'http://localhost:4700/other'] });
  expect(asked['postLogoutRedirectUris']).toEqual(['http://localhost:4700', 'http://localhost:4700/']);
  expect(environmentLines('http://localhost:3000/oidc', shop)).toMatch(/^OIDC_POST_LOGOUT_REDIRECT_URI=http:.*4700$/m);
  expect(signOutAddresses(['com.example.app:/callback'])).toEqual([]);
});

it('says by flags who it is, how it proves it and what its ID token says', () => {
  const created = (options: object) => creation({ name: 'Shop', redirectUri: ['https://shop.example/cb'], ...options });
  expect(created({})).toMatchObject({ party: 'third', authenticationMethod: 'client_secret' });
  expect(created({ firstParty: true, claimsInIdToken: false })).toMatchObject({ party: 'first', claimsInIdToken: false });
  expect(created({ privateKey: true, jwksUri: 'https://shop.example/jwks' })).toMatchObject({ authenticationMethod: 'private_key_jwt', jwksUri: 'https://shop.example/jwks' });
  expect(() => created({ privateKey: true })).toThrow(/--jwks/);
  expect(() => created({ public: true, confidential: true })).toThrow(/exclude each other/);
  expect(() => created({ jwks: '/nowhere/keys.json' })).toThrow(/keys\.json holds no JWK Set/);
});

describe('a change', () => {
  it('moves the sign-out addresses with the redirect addresses, and keeps those that somebody named', () =>
    expect(changes(shop, { redirectUri: ['https://shop.example/cb'] })).toEqual({ redirectUris: ['https://shop.example/cb'], postLogoutRedirectUris: ['https://shop.example', 'https://shop.example/', 'https://bye.example/'] }));
  it('of a native application derives none', () => expect(changes({ ...shop, applicationType: 'native', postLogoutRedirectUris: [] }, { redirectUri: ['http://127.0.0.1/cb'] })).toEqual({ redirectUris: ['http://127.0.0.1/cb'], postLogoutRedirectUris: [] }));
  it('takes the sign-out addresses that it names', () => expect(changes(shop, { redirectUri: ['https://shop.example/cb'], postLogoutRedirectUri: ['https://shop.example/bye'] })).toMatchObject({ postLogoutRedirectUris: ['https://shop.example/bye'] }));
  it('to a machine takes away what belongs to people', () => expect(changes(shop, { machine: true })).toEqual({ grantTypes: ['client_credentials'], redirectUris: [], postLogoutRedirectUris: [], purposes: [], scopes: ['profiles:read'] }));
  it('that names nothing is refused with the way out', () => expect(() => changes(shop, {})).toThrow(/--help/));
  it('leaves alone what it does not name', () => expect(changes(shop, { thirdParty: true })).toEqual({ party: 'third' }));
  it('is shown as before and after', () => expect(differences(shop, { ...shop, party: 'first', scopes: [] })).toEqual([expect.stringMatching(/^party +third {2}→ {2}first$/), expect.stringMatching(/^scopes +openid profiles:read {2}→ {2}none$/)]));
});

it('shows everything that is registered', () => expect(clientLines(shop).split('\n')).toEqual(expect.arrayContaining([expect.stringMatching(/^client id +c_1$/), expect.stringMatching(/^claims in the ID token +yes$/)])));
