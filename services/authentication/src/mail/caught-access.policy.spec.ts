import { describe, expect, it } from '@jest/globals';
import { mayReadCaught } from './caught-access.policy.js';

const here = { issuer: 'http://localhost:3000/oidc', smtpUrl: undefined, peers: ['127.0.0.1', '::1'], rawHeaders: ['Host', 'localhost:3000', 'Accept', 'via, forwarded'] };

describe('caught mails', () => {
  it('can be read on this machine', () => expect(mayReadCaught(here)).toBe(true));
  it('can be read over an IPv4 address in IPv6 form', () => expect(mayReadCaught({ ...here, peers: ['::ffff:127.0.0.1'] })).toBe(true));
  it.each<[string, object]>([
    ['with a public issuer', { issuer: 'https://id.example.com/oidc' }],
    ['with an issuer that only begins like this machine', { issuer: 'https://localhost.example.com/oidc' }],
    ['with a mail server', { smtpUrl: 'smtp://mail.example.com' }],
    ['for a peer elsewhere', { peers: ['192.0.2.1'] }],
    ['for a peer elsewhere behind a proxy here', { peers: ['127.0.0.1', '192.0.2.1'] }],
    ...['X-Forwarded-For', 'x-forwarded-proto', 'X-Forwarded-Prefix', 'Forwarded', 'Via', 'X-Real-IP'].map((name): [string, object] => [`for a peer that forwards (${name})`, { rawHeaders: ['Host', 'localhost:3000', name, ''] }]),
    ['for a peer that nobody knows', { peers: [undefined] }],
  ])('cannot be read %s', (_case, over) => expect(mayReadCaught({ ...here, ...over })).toBe(false));
});
