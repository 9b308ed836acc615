import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Configuration } from '@symbolon/web';

/**
 * An address as a source that a policy may name: the origin, never more. A host may hold `;` and `,` (WHATWG URL), which end a directive or a
 * policy: what holds anything but the characters of host names is left out. An application's own scheme (RFC 8252) is a source by itself.
 */
export function sourceOf(uri: unknown): string | undefined {
  if (typeof uri !== 'string' || !URL.canParse(uri)) return undefined;
  const { origin, protocol } = new URL(uri);
  if (protocol === 'https:' || protocol === 'http:') return /^https?:\/\/[\w.:[\]-]+$/.test(origin) ? origin : undefined;
  return protocol.includes('.') ? protocol : undefined;
}

/** What the pages may load; the organisation's logo may lie elsewhere. */
function base(logo: string | undefined): string {
  const elsewhere = logo?.startsWith('https:') ? sourceOf(logo) : undefined;
  return `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:${elsewhere ? ` ${elsewhere}` : ''}; base-uri 'none'; frame-ancestors 'none'`;
}

/**
 * Where a form of this page may lead, by redirects too: browsers hold `form-action` against the whole chain. Only what the application is
 * registered with; what a request says of itself counts once the library found it there.
 */
function formTargets({ oidc }: KoaContextWithOIDC): string {
  const { client, params } = oidc ?? {};
  const [redirect, afterSignOut] = [text(params?.['redirect_uri']), text(params?.['post_logout_redirect_uri'])];
  const asked = [...(redirect !== '' && client?.redirectUriAllowed(redirect) ? [redirect] : []), ...(afterSignOut !== '' && client?.postLogoutRedirectUriAllowed(afterSignOut) ? [afterSignOut] : [])];
  const registered = [...(client?.postLogoutRedirectUris ?? []), ...(client?.redirectUris ?? [])];
  return [...new Set(["'self'", ...[...asked, ...registered].map(sourceOf).filter((source) => source !== undefined)])].join(' ');
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Headers of the provider's own pages. The library adds the hash of its auto-submitting script to a `script-src` that is there already. */
export function pagePolicy({ brand: { logo } }: Pick<Configuration, 'brand'>) {
  const policy = base(logo);
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    ctx.set('referrer-policy', 'same-origin');
    ctx.set('x-content-type-options', 'nosniff');
    ctx.set('content-security-policy', policy);
    await next();
    if (!ctx.response.is('html')) return ctx.remove('content-security-policy');
    ctx.set('content-security-policy', `${ctx.response.get('content-security-policy') || policy}; form-action ${formTargets(ctx)}`);
  };
}
