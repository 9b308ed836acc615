import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ClientRegistry } from '../client/client-registry.js';

/**
 * Libraries of browser applications (keycloak-js) send their requests with cookies, and browsers hand them the answer only if it says that this is meant.
 * No endpoint that answers other origins looks at a cookie; still only the origins that such an application registered are told so.
 */
export const withCredentials = (clients: Pick<ClientRegistry, 'browserOrigins'>) => async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
  await next();
  const origin = ctx.get('origin');
  if (origin === '' || ctx.response.get('access-control-allow-origin') !== origin) return;
  // The library has compared the origin with the client by now, where there is one.
  if ((ctx.oidc?.client?.clientAuthMethod ?? 'none') === 'none' && (await clients.browserOrigins()).has(origin)) ctx.set('access-control-allow-credentials', 'true');
};
