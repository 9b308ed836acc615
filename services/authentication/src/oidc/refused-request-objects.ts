import type { KoaContextWithOIDC } from 'oidc-provider';
import { RESPONSE_MODES } from '../client/client-registry.js';

/** Nothing that an application sends is longer where it only names a way to answer. */
const LONGEST = 16_384;

/** What stands in a JWT, believed no more than what stands beside it in the address. */
function payloadOf(jwt: string): Record<string, unknown> {
  try {
    return (JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/**
 * Request objects are refused (`request_not_supported`, OIDC Core section 3.1.2.6), and that refusal travels the way that the request asked for, also where
 * it asked for it inside the object: an application that waits for a form would not see an answer in the address.
 */
export async function refusedRequestObjects(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  const { request, response_mode: asked } = ctx.query;
  if (ctx.path === '/auth' && typeof request === 'string' && request.length <= LONGEST && asked === undefined) {
    const mode = payloadOf(request)['response_mode'];
    if (RESPONSE_MODES.some((known) => known === mode)) ctx.query = { ...ctx.query, response_mode: mode as string };
  }
  await next();
}
