import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { notFound } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import type { FastifyReply } from 'fastify';
import { PORTS } from '../tokens.js';
import { assets } from './assets.js';

/** The stylesheet of our pages. */
@Controller('assets')
export class AssetsController {
  constructor(@Inject(PORTS) private readonly ports: Ports) {}

  @Get(':file')
  file(@Param('file') file: string, @Res() reply: FastifyReply): FastifyReply {
    const { path, css } = assets(this.ports.configuration.brand);
    if (`/assets/${file}` !== path) throw notFound();
    return reply.headers({ 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=31536000, immutable', 'x-content-type-options': 'nosniff' }).send(css);
  }
}
