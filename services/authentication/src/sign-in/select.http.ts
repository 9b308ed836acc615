import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OverviewQuery } from '../account/overview.query.js';
import type { IdentityProvider, Interaction } from '../oidc/identity-provider.js';
import { text } from '../page/index.js';
import { PageEdge } from '../session/page-edge.js';
import { IDENTITY_PROVIDER } from '../tokens.js';
import { SelectPage } from './select.page.js';
import { afterSignIn } from './after-sign-in.js';

/** An application asked which account it shall be (`prompt=select_account`, OIDC Core section 3.1.2.1), and somebody is signed in. */
@Controller('i/:uid/select')
export class SelectController {
  constructor(
    @Inject(IDENTITY_PROVIDER) private readonly provider: IdentityProvider,
    @Inject(PageEdge) private readonly edge: PageEdge,
    @Inject(OverviewQuery) private readonly overview: OverviewQuery,
  ) {}

  @Get()
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return afterSignIn(this.edge, { step: 'select', request, reply, uid }, (interaction, accountId) => this.#page(request, reply, interaction, { accountId }));
  }

  @Post()
  same(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return afterSignIn(this.edge, { step: 'select', request, reply, uid }, async (interaction, accountId) => {
      if (!this.edge.isOurs(request)) return this.#page(request, reply, interaction, { accountId, problem: text('form.stale'), status: 403 });
      return this.edge.redirect(reply, await this.provider.finishSelection(request.raw, reply.raw));
    });
  }

  async #page(request: FastifyRequest, reply: FastifyReply, interaction: Interaction, { accountId, problem, status }: Readonly<{ accountId: string; problem?: string; status?: number }>) {
    const page = SelectPage({ ...this.edge.view(request, reply, interaction), email: (await this.overview.email(accountId)) ?? '', problem });
    return this.edge.send(request, reply, page, { status, formAction: interaction.redirectOrigin });
  }
}
