import { Controller, Get, Inject } from '@nestjs/common';
import { Document, Scope } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import { PORTS } from '../tokens.js';
import { mailsGivenUp } from './given-up.query.js';

/** Mail, as who looks after the installation sees it: no receiver and no text. */
@Controller('api/authentication/v1/mails')
export class MailsController {
  constructor(@Inject(PORTS) private readonly ports: Pick<Ports, 'database'>) {}

  @Get('given-up')
  @Scope('operations:write')
  @Document({ summary: 'Mails of the last seven days that will not arrive, and why' })
  async givenUp() {
    return { mails: await mailsGivenUp(this.ports.database) };
  }
}
