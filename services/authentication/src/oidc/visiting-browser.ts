import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration } from '@symbolon/web';
import { browserCookie } from '../device/browser-cookie.js';
import { knownBrowser } from '../device/known-browser.js';

/** `of`: what this browser may be known by in a visit. */
type Visiting = Readonly<{ of(visit: string): readonly (string | undefined)[]; renew(visit: string): string }>;

const visiting = new AsyncLocalStorage<Visiting>();

/** Seconds; no visit lasts longer. */
const HOUR = 60 * 60;

const hash = (what: string, text: string): string => createHash('sha256').update(`${what}|${text}`).digest('base64url');

/** How a browser is kept with its visit: a row that leaks tells no cookie. */
const hashOf = (browser: string): string => hash('visit', browser);

/**
 * Runs what reads and writes visits for the browser of this request. A visit belongs to the browser that began it: the library's own cookies name
 * the visit, and whoever began another one can plant them; these have names that browsers let no other host set where there is https. A browser
 * that begins its first visits at the same moment gets a name by each of them: the last one stays, and each is kept for its visit.
 */
export function forBrowser({ origin }: Pick<Configuration, 'origin'>) {
  const browsers = knownBrowser({ origin });
  const cookieOf = (visit: string) => browserCookie({ origin }, `visit_${hash('name', visit).slice(0, 10)}`);
  return <T>(request: IncomingMessage, response: ServerResponse, work: () => T): T => {
    const renew = (visit: string): string => {
      const browser = browsers.renew(request, response);
      if (browsers.of(request) === undefined) cookieOf(visit).write(response, browser, HOUR);
      return browser;
    };
    return visiting.run({ of: (visit) => [browsers.of(request), cookieOf(visit).read(request)], renew }, work);
  };
}

/** The browser of this request, as it is kept with a visit that it begins or goes on with; one that is not known becomes so. Throws outside of `forBrowser`. */
export function thisBrowser(visit: string): string {
  const browser = visiting.getStore();
  if (!browser) throw new Error('a visit belongs to a browser, and there is none here');
  return hashOf(browser.renew(visit));
}

/** Whether a visit that was kept with this browser is the one of this request. */
export const isThisBrowser = (visit: string, kept: string): boolean => (visiting.getStore()?.of(visit) ?? []).some((known) => known !== undefined && hashOf(known) === kept);
