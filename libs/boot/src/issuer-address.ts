import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration } from '@symbolon/web';

/** The one year for which browsers come back by https alone; other hosts of the domain are their owner's matter. */
const HSTS = `max-age=${365 * 24 * 60 * 60}`;

/**
 * From here on a request was made at the issuer's address, whatever way it took: libraries that build addresses of what they read (endpoints,
 * redirects, what a proof is for) build them of the issuer's scheme and host, and cookies are Secure where the issuer has https.
 */
export function atIssuer({ origin }: Pick<Configuration, 'origin'>) {
  const { protocol, host } = new URL(origin);
  const scheme = protocol.slice(0, -1);
  return ({ headers }: IncomingMessage, response: ServerResponse, next: () => void): void => {
    headers.host = host;
    headers['x-forwarded-host'] = host;
    headers['x-forwarded-proto'] = scheme;
    if (scheme === 'https') response.setHeader('strict-transport-security', HSTS);
    next();
  };
}
