import { Controller, Get, Inject } from '@nestjs/common';
import { Document, Scope } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import { z } from 'zod';
import { PORTS } from '../tokens.js';
import { mailsGivenUp } from './given-up.query.js';

const GivenUpSchema = z.object({ mails: z.array(z.object({ id: z.uuid(), reason: z.string(), answer: z.string().nullable(), attempts: z.int(), queuedAt: z.iso.datetime(), givenUpAt: z.iso.datetime() })) });

/** Mail, as who looks after the installation sees it: no receiver and no text. */
@Controller('api/authentication/v1/mails')
export class MailsController {
  constructor(@Inject(PORTS) private readonly ports: Pick<Ports, 'database'>) {}

  @Get('given-up')
  @Scope('operations:write')
  @Document({ summary: 'Mails of the last seven days that will not arrive, and why', answer: GivenUpSchema })
  async givenUp() {
    return { mails: await mailsGivenUp(this.ports.database) };
  }
}
