import type { Refuse } from '@symbolon/web';
import { sentenceOf } from '@symbolon/web';
import { Layout, pageHeaders, renderPage, text } from '../page/index.js';
import type { Brand } from '../page/index.js';

const UnreadablePage = ({ brand }: Readonly<{ brand: Brand }>) => (
  <Layout brand={brand} title={text('unreadable.title')}>
    <p>{text('unreadable.lead')}</p>
  </Layout>
);

/** Where applications ask, not browsers: they read JSON (RFC 6749 section 5.2, and the standards that follow it). */
const MACHINES = /^\/(?:oidc\/(?:token(?:\/.*)?|request|me|jwks|\.well-known\/.*)|\.well-known\/.*)$/;

/** Answers a request that holds what cannot be kept. */
export const unreadable =
  (brand: Brand): Refuse =>
  (request, response, found) => {
    const path = (request as { originalUrl?: string }).originalUrl ?? request.url ?? '';
    if (MACHINES.test(path.split('?')[0] ?? '') || path.startsWith('/oidc/jwks')) {
      const description = `${found.field === '' ? 'the request' : found.field}: ${sentenceOf(found)}`;
      response.writeHead(400, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
      return void response.end(JSON.stringify({ error: 'invalid_request', error_description: description.replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?') }));
    }
    response.writeHead(400, pageHeaders());
    response.end(renderPage(<UnreadablePage brand={brand} />));
  };
