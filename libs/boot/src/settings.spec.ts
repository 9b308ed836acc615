import { describe, expect, it } from '@jest/globals';
import { parseSettings, variables, WrongSettings } from './settings.js';

const errorsOf = (environment: NodeJS.ProcessEnv) => {
  try {
    parseSettings(environment);
  } catch (error) {
    if (error instanceof WrongSettings) return error.errors;
    throw error;
  }
  return [];
};

describe('the configuration', () => {
  it('needs no variable at all', () => {
    const { configuration, databaseUrl, warnings } = parseSettings({});
    expect(configuration).toMatchObject({ issuer: 'http://localhost:3000/oidc', origin: 'http://localhost:3000', bind: '127.0.0.1', port: 3000, passwordMinimum: 15, apiAudience: 'http://localhost:3000/api' });
    expect(databaseUrl).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it('names every wrong variable at once, with its rule and an example', () => {
    const environment = { SYMBOLON_PORT: 'many', SYMBOLON_ISSUER: 'https://id.example.com', SYMBOLON_SMTP_URL: 'mail', DATABASE_URL: 'mysql://x', SYMBOLON_BUS_URL: 'kafka://broker:9092', SYMBOLON_EVENT_STORE_URL: 'esdb://node:2113' }; // no user, and TLS is on
    const errors = errorsOf(environment);
    expect(errors.map(({ variable }) => variable).sort()).toEqual(Object.keys(environment).sort());
    for (const { variable, rule, example } of errors) expect(`${variable} ${rule} ${example}`).toMatch(/ must .* \S/);
  });

  it.each(Object.entries(variables))('accepts the example of %s', (variable, { example }) => {
    const text = example.replaceAll('"', '');
    const wrong = errorsOf({ SYMBOLON_SMTP_URL: 'smtp://localhost', [variable]: text }).filter((error) => error.variable === variable && !error.rule.includes('differ'));
    expect(wrong).toEqual([]);
  });

  it('refuses a public issuer without SMTP', () => {
    expect(errorsOf({ SYMBOLON_ISSUER: 'https://id.example.com/oidc' })).toEqual([expect.objectContaining({ variable: 'SYMBOLON_SMTP_URL' })]);
    expect(errorsOf({ SYMBOLON_ISSUER: 'https://id.example.com/oidc', SYMBOLON_SMTP_URL: 'smtp://mail.example.com' })).toEqual([]);
  });

  it('says at start when nothing that ends TLS is named', () => {
    const https = { SYMBOLON_ISSUER: 'https://id.example.com/oidc', SYMBOLON_SMTP_URL: 'smtp://mail.example.com' };
    expect(parseSettings(https).warnings).toEqual([expect.stringMatching(/SYMBOLON_TRUSTED_PROXIES names nobody: put what ends TLS in front of it/)]);
    expect(parseSettings({ ...https, SYMBOLON_TRUSTED_PROXIES: '10.0.0.1' }).warnings).toEqual([]);
    expect(parseSettings({ SYMBOLON_ISSUER: 'http://localhost:3000/oidc' }).warnings).toEqual([]);
  });

  it.each(['http://id.example.com/oidc', 'https://id.example.com/oidc/', 'https://id.example.com', 'https://id.example.com/oidc?x=1', 'https://u:p@id.example.com/oidc', 'id.example.com/oidc'])('refuses the issuer %s', (issuer) => {
    expect(errorsOf({ SYMBOLON_ISSUER: issuer, SYMBOLON_SMTP_URL: 'smtp://localhost' })).toEqual([expect.objectContaining({ variable: 'SYMBOLON_ISSUER' })]);
  });

  it('warns that a password minimum of 8 to 14 does not conform to NIST', () => {
    expect(parseSettings({ SYMBOLON_PASSWORD_MINIMUM: '8' }).warnings).toEqual([expect.stringContaining('800-63B')]);
    expect(errorsOf({ SYMBOLON_PASSWORD_MINIMUM: '7' })).toHaveLength(1);
  });

  it.each(['10.0.0.0/99', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0/8', 'fe80::1%eth0', 'proxy.example'])('refuses the proxy %s', (text) => {
    expect(errorsOf({ SYMBOLON_TRUSTED_PROXIES: `127.0.0.1,${text}` })).toEqual([expect.objectContaining({ variable: 'SYMBOLON_TRUSTED_PROXIES' })]);
  });

  it('takes addresses and networks of both kinds for proxies', () => {
    expect(parseSettings({ SYMBOLON_TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.1/32,fd00::/8,::1' }).configuration.trustedProxies).toEqual(['10.0.0.0/8', '192.0.2.1/32', 'fd00::/8', '::1']);
  });

  it('takes networks in which applications may live, none without being told', () => {
    expect(parseSettings({}).configuration.applicationNetworks).toEqual([]);
    expect(parseSettings({ SYMBOLON_APPLICATION_NETWORKS: '10.20.0.0/16' }).configuration.applicationNetworks).toEqual(['10.20.0.0/16']);
    expect(errorsOf({ SYMBOLON_APPLICATION_NETWORKS: 'apps.internal' })).toHaveLength(1);
  });

  it('refuses two servers on one port', () => {
    expect(errorsOf({ SYMBOLON_PORT: '3001' })).toEqual([expect.objectContaining({ variable: 'SYMBOLON_SAMPLE_PORT' })]);
  });

  it.each([
    ['SYMBOLON_PROT', 'SYMBOLON_PORT'],
    ['SYMBOLON_ISUER', 'SYMBOLON_ISSUER'],
    ['SYMBOLON_BRAND_COLOR', 'SYMBOLON_BRAND_COLOUR'],
    ['SYMBOLON_OPERATION_PORT', 'SYMBOLON_OPERATIONS_PORT'],
    ['SYMBOLON_DATABASE_URL', 'DATABASE_URL'],
    ['SYMBOLON_TRUSTED_PROXY', 'SYMBOLON_TRUSTED_PROXIES'],
  ])('refuses %s, which nobody reads, and names %s', (name, nearest) => {
    expect(errorsOf({ [name]: '3000' })).toEqual([expect.objectContaining({ variable: name, rule: expect.stringContaining(nearest) })]);
    expect(() => parseSettings({ [name]: '3000' })).toThrow(`Example: ${nearest}=`);
  });

  it('takes what tests, the supervisor and Kubernetes set for no mistake', () => {
    const links = { SYMBOLON_CONSENT_SERVICE_HOST: '10.0.0.1', SYMBOLON_CONSENT_SERVICE_PORT_HTTP: '80', SYMBOLON_CONSENT_PORT: 'tcp://10.0.0.1:80', SYMBOLON_CONSENT_PORT_80_TCP_ADDR: '10.0.0.1' };
    expect(errorsOf({ SYMBOLON_TEST_LOG: 'debug', SYMBOLON_SUPERVISED: '1', ...links })).toEqual([]);
  });

  it('takes an empty variable as not set', () => {
    expect(parseSettings({ SYMBOLON_PORT: ' ' }).configuration.port).toBe(3000);
  });
});
