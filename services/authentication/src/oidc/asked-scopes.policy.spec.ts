import { expect, it } from '@jest/globals';
import { askedScopes, inWords } from './asked-scopes.policy.js';

const [OURS, ORDERS, STOCK] = ['https://id.example/api', 'https://orders.example/api', 'https://stock.example/api'];
const client = { scopes: ['openid', 'email', 'profiles:read', 'clients:write', 'items:read'], resources: [ORDERS!, STOCK!], party: 'third', staff: false };
const asked = (scope: string, ...resource: string[]) => askedScopes({ params: { scope, resource }, client, roles: ['admin'], apiAudience: OURS! });

it('what is asked of OpenID Connect needs no resource', () => expect(asked('openid email profiles:read')).toEqual({ scopes: ['openid', 'email'], resources: [] }));
it('abuse 98: what the application can never get is not shown, and so never allowed', () => expect(asked('openid profiles:read clients:write', OURS!)).toEqual({ scopes: ['openid', 'profiles:read'], resources: [] }));
it('a scope elsewhere belongs to the resource that is named', () => {
  expect(asked('openid items:read', ORDERS!)).toEqual({ scopes: ['openid'], resources: [{ resource: ORDERS, scopes: ['items:read'] }] });
  expect(asked('openid items:read', ORDERS!, STOCK!).resources.map(({ resource }) => resource)).toEqual([ORDERS, STOCK]);
});
it('a resource that is not registered is none', () => expect(asked('items:read', 'https://evil.example')).toEqual({ scopes: [], resources: [] }));
it('abuse 98: two requests read alike only when they ask for the same, at the same resources', () => {
  const all = [asked('openid email'), asked('openid'), asked('openid profiles:read', OURS!), asked('items:read', ORDERS!), asked('items:read', STOCK!), asked('items:read', ORDERS!, STOCK!)];
  expect(new Set(all.map(inWords)).size).toBe(all.length);
  expect(inWords(asked('email openid'))).toBe(inWords(asked('openid email')));
});
it('a request without a scope asks for nothing', () => expect(askedScopes({ params: {}, client, roles: [], apiAudience: OURS! })).toEqual({ scopes: [], resources: [] }));
