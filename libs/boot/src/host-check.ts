import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration } from '@symbolon/web';

/** Hosts under which this installation may be addressed: the issuer's, and loopback at our own port. */
export function allowedHosts({ origin, port }: Pick<Configuration, 'origin' | 'port'>): ReadonlySet<string> {
  return new Set([new URL(origin).host, ...['localhost', '127.0.0.1', '[::1]'].map((host) => `${host}:${port}`)]);
}

/** Refuses requests for other hosts before anything reads them: no link, cookie or redirect is ever made from a host that a stranger chose. */
export function hostCheck(configuration: Pick<Configuration, 'origin' | 'port'>) {
  const allowed = allowedHosts(configuration);
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    // A trusted proxy may name another host (forwarded.ts dropped what others say): that one is held to the same list.
    const hosts = [request.headers.host ?? '', request.headers['x-forwarded-host'] ?? []].flat();
    if (hosts.every((host) => allowed.has(host.toLowerCase()))) return next();
    response.writeHead(421, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
    response.end(JSON.stringify({ type: 'web/unknown_host', title: 'This host is not served here', status: 421 }));
  };
}
