import { lookup } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { request as overHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as overHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { isPublicAddress, within } from '@symbolon/web';

/** How long an application may take to answer, and how much it may say. Milliseconds; bytes. */
const WITHIN = 2_500;
const LONGEST = 128 * 1024;

type Resolve = (host: string, options: LookupOptions, done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void;

/** `networks`: where an application may live beside the public internet. `resolve` replaces DNS in tests; `within` the time. */
export type ApplicationFetch = Readonly<{ networks: readonly string[]; resolve?: Resolve; patience?: number }>;

/** Whether an address that an application registered may be asked at all, as far as it says so itself: names are looked at when they are resolved. */
export function mayLeadTo(url: string, networks: readonly string[]): boolean {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) === 0) return !/(^|\.)localhost\.?$/i.test(host) || within(networks)('127.0.0.1');
  return isPublicAddress(host) || within(networks)(host);
}

/**
 * Fetches what an application registered the address of (its keys): never from this machine, a private network or the like, whatever DNS says, unless the
 * operator allowed it. The address that was looked at is the one that is connected to; redirects are an answer like any other; long and slow answers fail.
 */
export function applicationFetch({ networks, resolve = (host, options, done) => lookup(host, { ...options, all: true }, done), patience = WITHIN }: ApplicationFetch) {
  const allowed = within(networks);
  const checked: LookupFunction = (host, options, done) =>
    resolve(host, { ...options, all: true }, (error, addresses) => {
      const open = (addresses ?? []).filter(({ address }) => isPublicAddress(address) || allowed(address));
      if (error || open.length === 0) return done(error ?? new Error('the host has no public address'), [], 0);
      return options.all ? done(null, open) : done(null, open[0]!.address, open[0]!.family);
    });
  return async (url: string | URL, { headers, signal }: RequestInit = {}): Promise<Response> => {
    if (!mayLeadTo(String(url), networks)) throw new Error('the address is not on the public internet');
    const until = AbortSignal.any([AbortSignal.timeout(patience), ...(signal ? [signal] : [])]);
    const answer = await new Promise<IncomingMessage>((done, fail) => {
      const ask = new URL(url).protocol === 'http:' ? overHttp : overHttps;
      ask(url, { headers: Object.fromEntries(new Headers(headers)), signal: until, lookup: checked, agent: false }, done).on('error', fail).end();
    });
    return responseOf(answer);
  };
}

async function responseOf(answer: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    size += (chunk as Buffer).length;
    if (size > LONGEST) {
      answer.destroy();
      throw new Error('the answer is too long');
    }
    chunks.push(chunk as Buffer);
  }
  const headers = new Headers(Object.entries(answer.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as [string, string]] : [])));
  const { statusCode: status = 502 } = answer;
  return new Response([204, 205, 304].includes(status) ? null : Buffer.concat(chunks), { status, headers });
}
