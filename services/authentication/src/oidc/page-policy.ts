import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Configuration } from '@symbolon/web';

const BASE = `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'`;

const originOf = (uri: unknown): string | undefined => (typeof uri === 'string' && URL.canParse(uri) ? new URL(uri).origin : undefined);

/** Where a form of this page may lead, by redirects too: browsers hold `form-action` against the whole chain. */
function formTargets(ctx: KoaContextWithOIDC): string {
  const { oidc } = ctx;
  const asked = [oidc?.params?.['redirect_uri'], oidc?.params?.['post_logout_redirect_uri'], ...(oidc?.client?.postLogoutRedirectUris ?? []), ...(oidc?.client?.redirectUris ?? [])];
  return [...new Set(["'self'", ...asked.map(originOf).filter((origin) => origin !== undefined)])].join(' ');
}

/** Headers of the provider's own pages. The library adds the hash of its auto-submitting script to a `script-src` that is there already. */
export const pagePolicy = (_configuration: Configuration) => async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
  ctx.set('referrer-policy', 'same-origin');
  ctx.set('x-content-type-options', 'nosniff');
  ctx.set('content-security-policy', BASE);
  await next();
  if (!ctx.response.is('html')) return ctx.remove('content-security-policy');
  const policy = ctx.response.get('content-security-policy') || BASE;
  ctx.set('content-security-policy', `${policy}; form-action ${formTargets(ctx)}`);
};
