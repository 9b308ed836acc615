import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration } from '@symbolon/web';

type Where = Pick<Configuration, 'origin' | 'port' | 'internalOrigin'>;

/** A host and a port as addresses hold them (RFC 3986 section 3.2.2): names, addresses, no user. */
const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;

/** The host as URLs write it: in lower case, and without the port that the scheme has anyway. Undefined: it is none. */
function plainHost(host: string, { origin }: Pick<Where, 'origin'>): string | undefined {
  const address = `${new URL(origin).protocol}//${host}`;
  return HOST.test(host) && URL.canParse(address) ? new URL(address).host : undefined;
}

/** Hosts under which this installation may be addressed: the issuer's, where services reach each other, and loopback at our own port. */
function allowedHosts({ origin, port, internalOrigin }: Where): ReadonlySet<string> {
  return new Set([new URL(origin).host, plainHost(new URL(internalOrigin).host, { origin })!, ...['localhost', '127.0.0.1', '[::1]'].map((host) => plainHost(`${host}:${port}`, { origin })!)]);
}

/** RFC 9112 section 3.2.2: a target that is a whole address names the host, and what the header says does not count. */
function takeOriginForm(request: IncomingMessage): void {
  const [, host, path] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/i.exec(request.url ?? '') ?? [];
  if (host === undefined) return;
  request.headers.host = host;
  request.url = path!.startsWith('/') ? path! : `/${path}`;
}

const hostLines = ({ rawHeaders }: IncomingMessage): number => rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;

function refuse(response: ServerResponse, problem: Readonly<{ type: string; title: string; status: number; detail: string }>): void {
  response.writeHead(problem.status, { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ ...problem, requestId: String(response.getHeader('x-request-id') ?? 'none') }));
}

/** Refuses requests for other hosts before anything reads them: no link, cookie or redirect is ever made from a host that a stranger chose. */
export function hostCheck(where: Where) {
  const allowed = allowedHosts(where);
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    // RFC 9112 section 3.2: which of two would count is a matter of who reads them.
    if (hostLines(request) !== 1) return refuse(response, { type: 'web/one_host', title: 'The request names no host, or two', status: 400, detail: 'Send one Host header.' });
    takeOriginForm(request);
    // A trusted proxy may name another host (forwarded.ts dropped what others say): that one is held to the same list.
    const hosts = [request.headers.host ?? '', request.headers['x-forwarded-host'] ?? []].flat();
    if (hosts.every((host) => allowed.has(plainHost(host, where) ?? ''))) return next();
    refuse(response, { type: 'web/unknown_host', title: 'This host is not served here', status: 421, detail: 'Ask at the address of the issuer.' });
  };
}
