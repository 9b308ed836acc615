import type { Refuse, RequestFault } from '@symbolon/web';
import { sentenceOf, statusOfFault } from '@symbolon/web';
import { Layout, pageHeaders, renderPage, text } from '../page/index.js';
import type { Brand, MessageKey } from '../page/index.js';
import { isForMachines } from './machines.js';

const TEXTS = {
  not_found: ['nothing.title', 'nothing.lead'],
  too_slow: ['too-slow.title', 'too-slow.lead'],
  failed: ['trouble.title', 'trouble.lead'],
} as const satisfies Partial<Record<RequestFault['fault'], readonly [MessageKey, MessageKey]>>;

/** What a browser is shown of a request that leads nowhere. */
export const UnreadablePage = ({ brand, fault }: Readonly<{ brand: Brand; fault: RequestFault['fault'] }>) => {
  const [title, lead] = (TEXTS as Partial<Record<RequestFault['fault'], readonly [MessageKey, MessageKey]>>)[fault] ?? ['unreadable.title', 'unreadable.lead'];
  return (
    <Layout brand={brand} title={text(title)}>
      <p>{text(lead)}</p>
    </Layout>
  );
};

/** Answers a request that cannot be read, or leads nowhere. */
export const unreadable =
  (brand: Brand): Refuse =>
  (request, response, found) => {
    const path = (request as { originalUrl?: string }).originalUrl ?? request.url ?? '';
    const status = statusOfFault(found);
    if (isForMachines(path)) {
      const description = `${found.field === '' ? 'the request' : found.field}: ${sentenceOf(found)}`;
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
      return void response.end(JSON.stringify({ error: 'invalid_request', error_description: description.replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?') }));
    }
    response.writeHead(status, pageHeaders());
    response.end(renderPage(<UnreadablePage brand={brand} fault={found.fault} />));
  };
