import { expect, it } from '@jest/globals';
import { apiScopes, oidcScopes } from '../oidc/api-scopes.policy.js';
import { rightsOf } from './rights.policy.js';

const words = (list: readonly { scope: string }[]) => list.map(({ scope }) => scope);
const all = [...oidcScopes, ...apiScopes];

it('every scope of ours is told, each once', () => {
  const { strong, plain } = rightsOf({ scopes: all, resources: [] });
  expect(words([...strong, ...plain]).sort()).toEqual([...all].sort());
});
it('abuse 98: what writes, what is about consent and what is about others stands apart', () => {
  const expected = all.filter((scope) => scope.endsWith(':write') || scope.startsWith('consent:') || /^(accounts|clients|purposes|operations):/.test(scope));
  expect(words(rightsOf({ scopes: all, resources: [] }).strong).sort()).toEqual([...expected].sort());
});
it('a scope elsewhere is told with the host that it is for', () => expect(rightsOf({ scopes: [], resources: [{ resource: 'https://orders.example/api', scopes: ['orders:read'] }] }).plain).toEqual([{ scope: 'orders:read', host: 'orders.example' }]));
it('a word that means nothing here is not told', () => expect(rightsOf({ scopes: ['openid', 'orders:read'], resources: [] })).toEqual({ strong: [], plain: [{ scope: 'openid' }] }));
