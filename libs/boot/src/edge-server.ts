import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { numberRequest } from '@symbolon/web';
import type { Refuse, RequestFault } from '@symbolon/web';

/** What answers a request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** One look at a request before anything routes it: it goes on by `next`, or answers. */
export type Step = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** How long a request may take to arrive, headers and body together, and how often that is looked at. Milliseconds. */
export type Patience = Readonly<{ request: number; look: number }>;

/** What a stranger's slow hand may hold open: a request arrives within 30 s, or it is over. */
export const PATIENCE: Patience = { request: 30_000, look: 2_000 };

/** Whoever is refused in the middle of sending may still send: what comes is thrown away for this long, so that the answer is read before the connection is gone. Milliseconds. */
const LINGER = 1_000;

type EdgeServer = Readonly<{ handler: Handler; steps: readonly Step[]; refuse: Refuse; patience?: Patience }>;

/** The server of a process: every request goes through `steps` before anything of a framework sees it, and what is no request at all is answered by `refuse` too. */
export function edgeServer({ handler, steps, refuse, patience = PATIENCE }: EdgeServer): Server {
  const through = steps.reduceRight<Handler>((next, step) => (request, response) => step(request, response, () => next(request, response)), handler);
  const inHand = new WeakMap<Socket, ServerResponse>();
  const server = createServer({ requireHostHeader: false, requestTimeout: patience.request, headersTimeout: patience.request, connectionsCheckingInterval: patience.look, keepAliveTimeout: 72_000 }, (request, response) => {
    inHand.set(request.socket, response);
    response.once('close', () => inHand.delete(request.socket));
    through(request, response);
  });
  server.on('clientError', (error: ClientError, socket: Socket) => refuseBroken(error, socket, inHand.get(socket), refuse));
  server.on('connect', (_request, socket: Socket) => refuseBroken(new Error('nothing is tunnelled'), socket, undefined, refuse));
  return server;
}

/** `rawPacket`: what the parser was given last. */
type ClientError = Error & { code?: string; rawPacket?: Buffer };

const refused = new WeakSet<Socket>();

/** A request that is too long, too slow or none at all: it is told so, once, and its connection ends. */
function refuseBroken(error: ClientError, socket: Socket, begun: ServerResponse | undefined, refuse: Refuse): void {
  if (refused.has(socket)) return;
  refused.add(socket);
  if (error.code === 'ECONNRESET' || !socket.writable || begun?.headersSent) return void socket.destroy();
  if (begun?.req.complete) return void begun.once('finish', () => socket.destroy()); // that one was read whole: what came behind it is wrong
  const request = begun?.req ?? asked(error, socket);
  const response = begun ?? new ServerResponse(request);
  response.shouldKeepAlive = false;
  if (!begun) response.assignSocket(socket);
  numberRequest(request, response, () => refuse(request, response, { field: '', fault: faultOf(error) }));
  socket.end();
  setTimeout(() => socket.destroy(), LINGER).unref();
}

const faultOf = ({ code }: ClientError): RequestFault['fault'] => (code === 'HPE_HEADER_OVERFLOW' ? 'headers_too_long' : code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'too_slow' : 'not_http');

/** What can be known of a request that was never read: the address that it began with. */
function asked({ rawPacket }: ClientError, socket: Socket): IncomingMessage {
  const [, method, target] = /^([A-Z]{3,10}) (\/[^\s]*)/.exec(rawPacket?.subarray(0, 2_048).toString('latin1') ?? '') ?? [];
  return Object.assign(new IncomingMessage(socket), { method: method ?? 'GET', url: target ?? '/api/' });
}
