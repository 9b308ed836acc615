import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Configuration } from '@symbolon/web';

/** What a policy calls an address: its origin, or the scheme that an installed application has for itself. */
export function sourceOf(uri: unknown): string | undefined {
  if (typeof uri !== 'string' || !URL.canParse(uri)) return undefined;
  const { origin, protocol } = new URL(uri);
  return origin === 'null' ? protocol : origin;
}

/** What the pages may load; the organisation's logo may lie elsewhere. */
function base(logo: string | undefined): string {
  const elsewhere = logo?.startsWith('https:') ? sourceOf(logo) : undefined;
  return `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:${elsewhere ? ` ${elsewhere}` : ''}; base-uri 'none'; frame-ancestors 'none'`;
}

/** Where a form of this page may lead, by redirects too: browsers hold `form-action` against the whole chain. */
function formTargets(ctx: KoaContextWithOIDC): string {
  const { oidc } = ctx;
  const asked = [oidc?.params?.['redirect_uri'], oidc?.params?.['post_logout_redirect_uri'], ...(oidc?.client?.postLogoutRedirectUris ?? []), ...(oidc?.client?.redirectUris ?? [])];
  return [...new Set(["'self'", ...asked.map(sourceOf).filter((origin) => origin !== undefined)])].join(' ');
}

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
