import { Catch, HttpException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Invalid, Unavailable } from '@symbolon/event-sourcing';
import { DPOP_ALGORITHMS } from './dpop-proof.js';
import { edgeOf } from './edge-request.js';
import { INVALID_PROOF, Problem } from './problem.js';
import type { ProblemDetails } from './problem.js';
import type { Log } from './service.js';
import { sendSitePage, wantsPage } from './site-pages.js';
import type { SitePages } from './site-pages.js';

const TITLES: Readonly<Record<number, readonly [type: string, title: string, detail: string]>> = {
  400: ['web/malformed', 'The request cannot be read', 'Send the body in the format that its content-type names.'],
  404: ['web/not_found', 'There is nothing at this address', 'Check the address against the API document.'],
  405: ['web/method', 'This address does not take that method', 'Check the method against the API document.'],
  413: ['web/too_large', 'The request is too large', 'Send less than 128 KiB.'],
  415: ['web/media_type', 'This kind of content is not taken', 'Send application/json.'],
  429: ['web/too_many', 'Too many requests', 'Wait as Retry-After says.'],
};

const statusOf = (error: unknown): number | undefined => {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
};

/** What the caller is told; an unknown fault says nothing about itself. */
export function detailsOf(error: unknown): ProblemDetails {
  if (error instanceof Problem) return error.details;
  if (error instanceof Unavailable) return { type: 'web/unavailable', title: 'A part of the service is away', status: 503, detail: 'Nothing was changed that you were not told of. Repeat the request with the same Idempotency-Key.', retryAfter: 2 };
  if (error instanceof Invalid) return { type: error.rule, title: 'This cannot be stored', status: 422, detail: error.message };
  const status = statusOf(error);
  if (status === undefined) return { type: 'web/fault', title: 'Something went wrong on our side', status: 500, detail: 'It was logged under the request id of this answer. Try again; if it stays, tell the operator this id.' };
  const [type, title, detail] = TITLES[status] ?? ['web/refused', 'The request was refused', 'See the API document.'];
  return { type, title, status, detail };
}

/** Every failure of an API leaves as a problem (RFC 9457), and before a person as a page; only faults are logged, with their stack. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    private readonly pages?: SitePages,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const details = detailsOf(error);
    const { correlation } = edgeOf(request);
    if (details.status >= 500) this.log[details.status === 503 ? 'warn' : 'error']({ correlation, type: details.type, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }, 'request failed');
    if (reply.sent) return;
    sendFailure(request, reply, details, this.pages);
  }
}

/** A failure as its reader needs it: a page for a person, a problem for a program. */
export function sendFailure(request: FastifyRequest, reply: FastifyReply, details: ProblemDetails, pages: SitePages | undefined): void {
  const { correlation } = edgeOf(request);
  if (!pages || !wantsPage(request)) return sendProblem(reply, details, correlation);
  if (details.retryAfter !== undefined) reply.header('retry-after', String(details.retryAfter));
  sendSitePage(reply, details.status, pages.failure(details.status, correlation));
}

/** How to come again: with a token, or with a proof that belongs to it. */
function challenge({ type, title, detail = title }: ProblemDetails): string {
  return type === INVALID_PROOF ? `DPoP error="invalid_dpop_proof", error_description="${detail}", algs="${DPOP_ALGORITHMS.join(' ')}"` : `Bearer error="invalid_token", error_description="${detail}"`;
}

/** Writes a problem as the answer. */
export function sendProblem(reply: FastifyReply, { retryAfter, ...details }: ProblemDetails, correlation: string): void {
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  if (details.status === 401) reply.header('www-authenticate', challenge(details));
  reply.status(details.status).header('content-type', 'application/problem+json; charset=utf-8').header('cache-control', 'no-store').send(JSON.stringify({ ...details, requestId: correlation }));
}
