import { expect, it } from '@jest/globals';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { pagePolicy, sourceOf } from './page-policy.js';

type Oidc = Readonly<{ params?: Record<string, unknown>; client?: object }>;

/** The policy of a page that is shown at this stage of a request. */
async function policyOf(oidc: Oidc): Promise<string> {
  const headers = new Map<string, string>();
  const ctx = { oidc, set: (name: string, value: string) => headers.set(name, value), remove: (name: string) => headers.delete(name), response: { is: () => 'html', get: (name: string) => headers.get(name) ?? '' } } as unknown as KoaContextWithOIDC;
  await pagePolicy({ brand: { logo: undefined } } as Parameters<typeof pagePolicy>[0])(ctx, async () => undefined);
  return headers.get('content-security-policy') ?? '';
}
const formAction = async (oidc: Oidc) => /form-action ([^;]*)/.exec(await policyOf(oidc))?.[1];

const registered = ['https://shop.example/cb?a=1', 'com.example.app:/cb', 'https://bad;sandbox/cb'];
const client = { redirectUris: registered, postLogoutRedirectUris: ['https://shop.example:8443/bye'], redirectUriAllowed: (uri: string) => registered.includes(uri) || uri.startsWith('http://127.0.0.1:'), postLogoutRedirectUriAllowed: () => false };

it.each(['https://evil.example/cb', "https://a;script-src 'unsafe-inline'/", 'https://a;sandbox/', 'https://a,default-src/', 'javascript://evil.example/%0a', 'data:text/html,x', '//evil.example', 'x y'])('abuse 51: a page of a request that nobody looked at names nothing of it: %s', async (uri) => {
  expect(await formAction({ params: { redirect_uri: uri, post_logout_redirect_uri: uri } })).toBe("'self'");
  expect(await policyOf({ params: { redirect_uri: uri } })).not.toContain('sandbox');
});
it('names origins of the application, never a path, nor a host that would end a directive', async () => expect(await formAction({ params: { redirect_uri: 'https://evil.example/' }, client })).toBe("'self' https://shop.example:8443 https://shop.example com.example.app:"));
it('and the port on this machine that a native application asked for', async () => expect(await formAction({ params: { redirect_uri: 'http://127.0.0.1:5173/cb' }, client })).toContain('http://127.0.0.1:5173'));
it.each([['https://a.example:8443/x?y#z', 'https://a.example:8443'], ['http://[::1]:80/x', 'http://[::1]'], ['https://ex%41mple.com/', 'https://example.com'], ["https://a'b/", undefined], ['https://a;b/', undefined], ['javascript:alert(1)', undefined], ['com.example.app:/x', 'com.example.app:'], [undefined, undefined]])('the source of %s is %s', (uri, source) => expect(sourceOf(uri)).toBe(source));
