import { expect, it } from '@jest/globals';
import { creation, environmentLines } from './client.js';
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

it('an application of the profile fapi2 has keys and no secret', () => {
  expect(creation({ name: 'Bank', redirectUri: ['https://bank.example/cb'], profile: 'fapi2' })).toMatchObject({ profile: 'fapi2', authenticationMethod: 'private_key_jwt' });
});

it('aligns a table by its widest cell', () => {
  expect(table(['a', 'b'], [['long', 'x']])).toBe('a     b\nlong  x');
});
