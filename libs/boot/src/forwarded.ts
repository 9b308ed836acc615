import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { plainAddress, within } from '@symbolon/web';
import type { Configuration } from '@symbolon/web';

/** What a proxy says of the request that it passes on (RFC 7239, and the older headers), beside who sent it. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto'] as const;

/** An address as proxies write it: bare, in quotes, in brackets, with a port (RFC 7239 section 6). Undefined: it is none. */
export function addressIn(text: string): string | undefined {
  const bare = text.trim().replace(/^"(.*)"$/, '$1');
  const [, address] = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(bare) ?? /^([\d.]+):\d{1,5}$/.exec(bare) ?? [undefined, bare];
  return isIP(address!) === 0 || address!.includes('%') ? undefined : plainAddress(address!);
}

/** The nearest address that is no proxy of ours: each of them vouches for the one that it names, and for nothing that stands before that. */
function visitorOf(peer: string, named: readonly string[], isTrusted: (address: string) => boolean): string {
  let visitor = peer;
  for (const text of named.toReversed()) {
    const address = isTrusted(visitor) ? addressIn(text) : undefined;
    if (address === undefined) break;
    visitor = address;
  }
  return visitor;
}

/**
 * Drops what a peer says of itself, unless it is a trusted proxy: whoever reads the request after this, in whatever library, may believe it.
 * What is left of `X-Forwarded-For` is one bare address: the visitor's.
 */
export function forwardedFromTrusted({ trustedProxies }: Pick<Configuration, 'trustedProxies'>) {
  const isTrusted = within(trustedProxies);
  return ({ headers, socket }: IncomingMessage, _response: ServerResponse, next: () => void): void => {
    const peer = plainAddress(socket.remoteAddress ?? '');
    const named = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').filter((text) => text.trim() !== '');
    const host = headers['x-forwarded-host'];
    for (const header of FORWARDED) delete headers[header];
    if (isTrusted(peer)) {
      if (named.length > 0) headers['x-forwarded-for'] = visitorOf(peer, named, isTrusted);
      if (host !== undefined) headers['x-forwarded-host'] = host; // held to the list of hosts by whoever comes next
    }
    next();
  };
}
