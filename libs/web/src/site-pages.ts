import type { FastifyReply, FastifyRequest } from 'fastify';
import { isApiAddress } from './api-address.js';
import type { OpenApiDocument } from './openapi.js';

/** A page, ready to be sent. */
export type SitePage = Readonly<{ headers: Readonly<Record<string, string>>; body: string }>;

/** Pages that belong to no flow. `failure`: what a browser is shown where a program gets a problem; `number` is the request's. */
export type SitePages = Readonly<{
  home(): SitePage;
  documents(documents: readonly OpenApiDocument[]): SitePage;
  failure(status: number, number: string): SitePage;
}>;

/** Whether a person sits before this request: a browser asks for HTML, and the address is none of the APIs'. */
export const wantsPage = ({ url, headers: { accept } }: FastifyRequest): boolean => accept?.includes('text/html') === true && !isApiAddress(url);

/** Sends a page. */
export const sendSitePage = (reply: FastifyReply, status: number, { headers, body }: SitePage): FastifyReply => reply.status(status).headers(headers).send(body);
