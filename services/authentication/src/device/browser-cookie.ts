import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration } from '@symbolon/web';

/** A cookie of ours in somebody's browser; always HttpOnly, SameSite=Lax and for every path. */
export type BrowserCookie = Readonly<{
  read(request: IncomingMessage): string | undefined;
  write(response: ServerResponse, value: string, seconds: number): void;
  clear(response: ServerResponse): void;
}>;

/** `__Host-` and Secure where the issuer has https, since browsers refuse both otherwise. Only plain base64url values are read. */
export function browserCookie({ origin }: Pick<Configuration, 'origin'>, purpose: string): BrowserCookie {
  const secure = origin.startsWith('https:');
  const name = `${secure ? '__Host-' : ''}symbolon_${purpose}`;
  const set = (response: ServerResponse, value: string, seconds: number) =>
    void response.appendHeader('set-cookie', `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`);
  return {
    read(request) {
      const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
      const value = pairs.find(([key]) => key === name)?.[1];
      return value !== undefined && /^[\w-]{16,2048}$/.test(value) ? value : undefined;
    },
    write: set,
    clear: (response) => set(response, '', 0),
  };
}
