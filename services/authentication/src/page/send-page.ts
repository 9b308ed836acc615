import type { FastifyReply } from 'fastify';
import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';

/** How a page is sent. `formAction`: origin where its form leads in the end, since browsers hold `form-action` against redirects too. `retryAfter` in seconds. */
export type PageOptions = Readonly<{ status?: number; formAction?: string; retryAfter?: number }>;

/** The headers of every page: nothing from elsewhere, no frame around it, never stored. `same-origin` keeps the address from others and still lets forms name their origin. */
export const pageHeaders = (redirectOrigin?: string): Readonly<Record<string, string>> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'self'; img-src 'self' https: data:; form-action 'self'${redirectOrigin === undefined ? '' : ` ${redirectOrigin}`}; base-uri 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
});

/** A page as text. */
export const renderPage = (page: VNode): string => `<!doctype html>${render(page)}`;

/** Sends a page. */
export function sendPage(reply: FastifyReply, page: VNode, { status = 200, formAction, retryAfter }: PageOptions = {}): FastifyReply {
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  return reply.status(status).headers(pageHeaders(formAction)).send(renderPage(page));
}
