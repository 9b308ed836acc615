import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OverviewQuery } from '../account/overview.query.js';
import type { PurposeRow } from '../account/overview.js';
import type { IdentityProvider, Interaction } from '../oidc/identity-provider.js';
import { offered } from '../oidc/open-purposes.js';
import { text } from '../page/index.js';
import { PageEdge } from '../session/page-edge.js';
import { fields } from '../session/visitor.js';
import { afterSignIn } from '../sign-in/after-sign-in.js';
import { IDENTITY_PROVIDER } from '../tokens.js';
import { Authorize } from './authorize.js';
import { PurposesPage } from './purposes.page.js';
import { answersOf } from './ticked.policy.js';

/** Purposes that an application declared and that this person was never asked for: once, before they go on, whoever runs the application. */
@Controller('i/:uid/purposes')
export class PurposesController {
  constructor(
    @Inject(IDENTITY_PROVIDER) private readonly provider: IdentityProvider,
    @Inject(PageEdge) private readonly edge: PageEdge,
    @Inject(OverviewQuery) private readonly overview: OverviewQuery,
    @Inject(Authorize) private readonly authorize: Authorize,
  ) {}

  @Get()
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return afterSignIn(this.edge, { step: 'purposes', request, reply, uid }, async (interaction, accountId) => {
      const open = await this.#open(interaction, accountId);
      return open.length === 0 ? this.#goOn(request, reply) : this.#page(request, reply, interaction, { accountId, open });
    });
  }

  @Post()
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return afterSignIn(this.edge, { step: 'purposes', request, reply, uid }, async (interaction, accountId) => {
      const open = await this.#open(interaction, accountId);
      if (!this.edge.isOurs(request)) return this.#page(request, reply, interaction, { accountId, open, problem: text('form.stale'), status: 403 });
      const answers = answersOf(open, { shown: fields(request, 'shown'), ticked: fields(request, 'purpose') });
      if (!answers) return this.#page(request, reply, interaction, { accountId, open, problem: text('form.stale'), status: 409 });
      await this.authorize.answer({ accountId, interaction, answers, page: '/i/purposes' });
      return this.#goOn(request, reply);
    });
  }

  async #goOn(request: FastifyRequest, reply: FastifyReply) {
    return this.edge.redirect(reply, await this.provider.finishPurposes(request.raw, reply.raw));
  }

  async #open({ client, asked }: Interaction, accountId: string): Promise<readonly PurposeRow[]> {
    return offered(await this.overview.purposes(accountId), client.purposes, asked.scopes).filter(({ answered }) => !answered);
  }

  async #page(request: FastifyRequest, reply: FastifyReply, interaction: Interaction, { accountId, open, problem, status }: { accountId: string; open: readonly PurposeRow[]; problem?: string; status?: number }) {
    const ticked = fields(request, 'purpose').map((one) => one.split(':')[0] ?? '');
    const page = PurposesPage({ ...this.edge.view(request, reply, interaction), email: (await this.overview.email(accountId)) ?? '', purposes: open, ticked, problem });
    return this.edge.send(request, reply, page, { status, formAction: interaction.redirectOrigin });
  }
}
