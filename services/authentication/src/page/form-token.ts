import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { knownBrowser } from '../device/known-browser.js';
import type { KnownBrowser } from '../device/known-browser.js';
import { PORTS } from '../tokens.js';

/** Whether a form was sent from a page of ours in the same browser: a token bound to a cookie of that browser, and the Origin that browsers tell. */
@Injectable()
export class FormTokens {
  readonly #browser: KnownBrowser;

  constructor(@Inject(PORTS) private readonly ports: Ports) {
    this.#browser = knownBrowser(ports.configuration);
  }

  /** The token for a form on this page, another one each time that it is drawn; a browser without the cookie gets one. With `session` it is good in that session only. */
  of(request: FastifyRequest, reply: FastifyReply, session?: string): string {
    return this.#token(this.browser(request, reply), session, randomBytes(9).toString('base64url'));
  }

  /** What this browser is known by, for a day after its last visit. */
  browser(request: FastifyRequest, reply: FastifyReply): string {
    return this.#browser.give(request.raw, reply.raw);
  }

  /** What this browser is known by already. */
  known(request: FastifyRequest): string | undefined {
    return this.#browser.of(request.raw);
  }

  /** Whether the form that was sent holds the token of this browser (and session), and comes from our own origin as far as the browser tells. */
  accepts(request: FastifyRequest, session?: string): boolean {
    const browser = this.#browser.of(request.raw);
    const typed = (request.body as Readonly<Record<string, unknown>> | null | undefined)?.['form_token'];
    const { origin } = request.headers;
    if (browser === undefined || typeof typed !== 'string' || (origin !== undefined && origin !== this.ports.configuration.origin)) return false;
    if (request.headers['sec-fetch-site'] === 'cross-site') return false;
    const [given, right] = [typed, this.#token(browser, session, typed.split('.', 1)[0]!)].map((token) => createHmac('sha256', 'compare').update(token).digest());
    return timingSafeEqual(given!, right!);
  }

  /** `drawn` tells this page from the same one drawn a moment later: what is sent from that one is no second click. */
  #token(browser: string, session: string | undefined, drawn: string): string {
    return `${drawn}.${createHmac('sha256', this.ports.configuration.keys.pepper).update(`form|${browser}|${session ?? ''}|${drawn}`).digest('base64url')}`;
  }
}
