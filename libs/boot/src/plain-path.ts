import type { IncomingMessage, ServerResponse } from 'node:http';

const NEEDLESS = /^[A-Za-z0-9_~-]$/;

/** Letters that were encoded for nothing are letters (RFC 3986 section 6.2.2.2): whoever looks at how an address begins sees what the router sees. Dots stay as they came. */
export function plainPath(request: IncomingMessage, _response: ServerResponse, next: () => void): void {
  const [path = '', ...query] = (request.url ?? '').split('?');
  const plain = path.replaceAll(/%([\da-f]{2})/gi, (encoded, hex: string) => (NEEDLESS.test(String.fromCharCode(Number.parseInt(hex, 16))) ? String.fromCharCode(Number.parseInt(hex, 16)) : encoded));
  if (plain !== path) request.url = [plain, ...query].join('?');
  next();
}
