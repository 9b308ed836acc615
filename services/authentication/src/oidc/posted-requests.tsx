import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Mount } from '@symbolon/web';
import { Layout, pageHeaders, renderPage, text } from '../page/index.js';
import type { Brand } from '../page/index.js';
import { bodyOf } from './readable-requests.js';

/** Where browsers may be sent with a form: an authorization request (OIDC Core section 3.1.2.1) and a sign-out (RP-Initiated Logout section 2). */
const POSTED = /^\/(?:auth|session\/end)$/;

/** What an address can hold at every proxy on the way, in bytes. */
const LONGEST_QUERY = 8 * 1024;

const TooLongPage = ({ brand }: Readonly<{ brand: Brand }>) => (
  <Layout brand={brand} title={text('provider-error.title')}>
    <p>{text('posted.too-long')}</p>
  </Layout>
);

/** A form that names no type has no fields. */
const mayBeForm = (type: string | undefined): boolean => type === undefined || /^application\/x-www-form-urlencoded/i.test(type);

/**
 * A request that an application posts is answered with 303 to the same address with the fields as query: a browser sends its `SameSite=Lax` cookies with that
 * and not with a POST from elsewhere. Fields that stand in the address already are kept, so that two of one name are refused as they are in an address.
 */
export const postedAsQuery =
  (brand: Brand, handler: Mount['handler']): Mount['handler'] =>
  (request, response) => {
    const asks = request.method === 'POST' && POSTED.test((request.url ?? '').split('?')[0]!) && mayBeForm(request.headers['content-type']);
    if (!asks) return handler(request, response);
    void bodyOf(request).then((body) => {
      if (body !== 'gone') answer(brand, request, response, body === 'too_long' ? undefined : new URLSearchParams(body.toString()));
    });
  };

function answer(brand: Brand, request: IncomingMessage & { originalUrl?: string }, response: ServerResponse, fields: URLSearchParams | undefined): void {
  const [path = '', before = ''] = (request.originalUrl ?? request.url ?? '').split('?');
  const query = [before, String(fields ?? '')].filter(Boolean).join('&');
  if (fields !== undefined && query.length <= LONGEST_QUERY) {
    response.writeHead(303, { location: query === '' ? path : `${path}?${query}`, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    return void response.end();
  }
  response.writeHead(413, pageHeaders());
  response.end(renderPage(<TooLongPage brand={brand} />));
}
