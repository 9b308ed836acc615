import { expect, it } from '@jest/globals';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendFailure } from './problem-filter.js';
import type { SitePages } from './site-pages.js';

const pages = { failure: (status: number) => ({ headers: { 'content-type': 'text/html' }, body: `page ${status}` }) } as unknown as SitePages;

/** What is sent for a failure of `status` to whoever asks like this. */
function sent(status: number, accept: string, url: string, shown: SitePages | undefined = pages) {
  const seen = { status: 0, body: '', retryAfter: '' };
  const reply = {
    header: (name: string, value: string) => (name === 'retry-after' && (seen.retryAfter = value), reply),
    headers: () => reply,
    status: (code: number) => ((seen.status = code), reply),
    send: (body: string) => ((seen.body = body), reply),
  };
  sendFailure({ url, headers: { accept } } as unknown as FastifyRequest, reply as unknown as FastifyReply, { type: 'web/x', title: 'x', status, retryAfter: 2 }, shown);
  return seen;
}

it.each([404, 500, 503])('a browser is shown a page where something failed: %i', (status) => expect(sent(status, 'text/html,*/*', '/account')).toEqual({ status, body: `page ${status}`, retryAfter: '2' }));
it('a program gets a problem at the same address', () => expect(sent(404, '*/*', '/account').body).toContain('web/x'));
it.each(['/api/consent/v1/consents', '/api/nothing'])('an API answers problems, whoever asks, also where it has no route: %s', (url) => expect(sent(404, 'text/html', url).body).toContain('web/x'));
