import type { IncomingMessage, ServerResponse } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import type { Configuration } from '@symbolon/web';

/** What a proxy says of the request that it passes on (RFC 7239, and the older headers). */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto'] as const;

const family = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** Addresses and networks as one list. */
function listed(trusted: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of trusted) {
    const [address = '', bits] = entry.split('/');
    if (bits === undefined) list.addAddress(address, family(address));
    else list.addSubnet(address, Number(bits), family(address));
  }
  return list;
}

/** Drops what a peer says of itself, unless it is a trusted proxy: whoever reads the request after this, in whatever library, may believe it. */
export function forwardedFromTrusted({ trustedProxies }: Pick<Configuration, 'trustedProxies'>) {
  const trusted = listed(trustedProxies);
  return (request: IncomingMessage, _response: ServerResponse, next: () => void): void => {
    const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
    if (peer === '' || !trusted.check(peer, family(peer))) for (const header of FORWARDED) delete request.headers[header];
    next();
  };
}
