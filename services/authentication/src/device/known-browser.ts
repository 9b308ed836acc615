import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration } from '@symbolon/web';
import { browserCookie } from './browser-cookie.js';

/** Seconds. */
const DAY = 24 * 60 * 60;
const drawn = new WeakMap<ServerResponse, string>();

/** What tells one browser from another while it visits us: a secret of its own, for a day after its last visit. It signs nobody in. */
export type KnownBrowser = Readonly<{
  /** What the browser is known by already. */
  of(request: IncomingMessage): string | undefined;
  /** The same; a browser that is not known gets a secret by this answer. */
  give(request: IncomingMessage, response: ServerResponse): string;
  /** The same, and the day begins anew. */
  renew(request: IncomingMessage, response: ServerResponse): string;
}>;

export function knownBrowser(configuration: Pick<Configuration, 'origin'>): KnownBrowser {
  const cookie = browserCookie(configuration, 'browser');
  const write = (response: ServerResponse, browser: string): string => {
    if (drawn.get(response) !== browser) cookie.write(response, browser, DAY);
    drawn.set(response, browser);
    return browser;
  };
  const fresh = () => randomBytes(32).toString('base64url');
  return {
    of: (request) => cookie.read(request),
    give: (request, response) => cookie.read(request) ?? drawn.get(response) ?? write(response, fresh()),
    renew: (request, response) => write(response, cookie.read(request) ?? drawn.get(response) ?? fresh()),
  };
}
