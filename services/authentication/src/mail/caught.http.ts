import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { notFound } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendPage } from '../page/index.js';
import { PORTS } from '../tokens.js';
import { mayReadCaught } from './caught-access.policy.js';
import { CaughtMails } from './caught-mails.js';
import { CaughtListPage, CaughtMailPage } from './caught.page.js';

/** What would have been mailed, for the person at this machine. Elsewhere these addresses do not exist. */
@Controller()
export class CaughtMailController {
  constructor(
    @Inject(PORTS) private readonly ports: Pick<Ports, 'configuration'>,
    @Inject(CaughtMails) private readonly caught: CaughtMails,
  ) {}

  @Get('mail')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    this.#onlyHere(request);
    return sendPage(reply, CaughtListPage({ brand: this.ports.configuration.brand, mails: await this.caught.list() }));
  }

  @Get('mail.json')
  async json(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query('to') to?: unknown): Promise<FastifyReply> {
    this.#onlyHere(request);
    return reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }).send({ mails: await this.caught.list(typeof to === 'string' ? to : undefined) });
  }

  @Get('mail/:id')
  async one(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id') id: string): Promise<FastifyReply> {
    this.#onlyHere(request);
    const mail = await this.caught.one(id);
    if (!mail) throw notFound();
    const { brand, origin } = this.ports.configuration;
    return sendPage(reply, CaughtMailPage({ brand, mail, origin }));
  }

  #onlyHere(request: FastifyRequest): void {
    const { issuer, smtpUrl } = this.ports.configuration;
    if (!mayReadCaught({ issuer, smtpUrl, peers: [request.raw.socket.remoteAddress, request.ip], rawHeaders: request.raw.rawHeaders })) throw notFound();
  }
}
