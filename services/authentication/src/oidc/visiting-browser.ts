import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration } from '@symbolon/web';
import { knownBrowser } from '../device/known-browser.js';

type Visiting = Readonly<{ known: string | undefined; renew(): string }>;

const visiting = new AsyncLocalStorage<Visiting>();

/** How a browser is kept with its visit: a row that leaks tells no cookie. */
const hashOf = (browser: string): string => createHash('sha256').update(`visit|${browser}`).digest('base64url');

/**
 * Runs what reads and writes visits for the browser of this request. A visit belongs to the browser that began it: the library's own cookies name
 * the visit, and whoever began another one can plant them; this one has a name that browsers let no other host set where there is https.
 */
export function forBrowser({ origin }: Pick<Configuration, 'origin'>) {
  const browsers = knownBrowser({ origin });
  return <T>(request: IncomingMessage, response: ServerResponse, work: () => T): T => visiting.run({ known: browsers.of(request), renew: () => browsers.renew(request, response) }, work);
}

/** The browser of this request, as it is kept with a visit that it begins or goes on with; one that is not known becomes so. Throws outside of `forBrowser`. */
export function thisBrowser(): string {
  const browser = visiting.getStore();
  if (!browser) throw new Error('a visit belongs to a browser, and there is none here');
  return hashOf(browser.renew());
}

/** Whether a visit that was kept with this browser is the one of this request. */
export const isThisBrowser = (kept: string): boolean => {
  const known = visiting.getStore()?.known;
  return known !== undefined && hashOf(known) === kept;
};
