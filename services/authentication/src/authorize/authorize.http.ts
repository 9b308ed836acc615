import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OverviewQuery } from '../account/overview.query.js';
import type { IdentityProvider, Interaction } from '../oidc/identity-provider.js';
import { inWords } from '../oidc/asked-scopes.policy.js';
import { offered } from '../oidc/open-purposes.js';
import { text } from '../page/index.js';
import { rightsOf } from '../rights/rights.policy.js';
import { PageEdge } from '../session/page-edge.js';
import { field, fields } from '../session/visitor.js';
import { afterSignIn } from '../sign-in/after-sign-in.js';
import { IDENTITY_PROVIDER } from '../tokens.js';
import { AllowPage } from './allow.page.js';
import { Authorize } from './authorize.js';
import { answersOf } from './ticked.policy.js';

/** Characters that the words of a request take at most: twenty resources with all their scopes. */
const LONGEST_REQUEST = 200_000;

/** Whether an application may do what it asks for. */
@Controller('i/:uid/allow')
export class AuthorizeController {
  constructor(
    @Inject(IDENTITY_PROVIDER) private readonly provider: IdentityProvider,
    @Inject(PageEdge) private readonly edge: PageEdge,
    @Inject(OverviewQuery) private readonly overview: OverviewQuery,
    @Inject(Authorize) private readonly authorize: Authorize,
  ) {}

  @Get()
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return afterSignIn(this.edge, { step: 'allow', request, reply, uid }, (interaction, accountId) => this.#page(request, reply, interaction, accountId));
  }

  @Post()
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return afterSignIn(this.edge, { step: 'allow', request, reply, uid }, async (interaction, accountId) => {
      if (!this.edge.isOurs(request)) return this.#page(request, reply, interaction, accountId, { problem: text('form.stale'), status: 403 });
      if (field(request, 'answer') === 'cancel') return this.edge.redirect(reply, await this.provider.abort(request.raw, reply.raw, 'access_denied', 'The person did not allow it.'));
      // What the application can get changed while the page was open: nobody allows what they did not see.
      if (field(request, 'asked', LONGEST_REQUEST) !== inWords(interaction.asked)) return this.#page(request, reply, interaction, accountId, { problem: text('form.stale'), status: 409 });
      const answers = answersOf(this.#choices(interaction, await this.overview.purposes(accountId)), { shown: fields(request, 'shown'), ticked: fields(request, 'purpose') });
      if (!answers) return this.#page(request, reply, interaction, accountId, { problem: text('form.stale'), status: 409 });
      const revoked = await this.provider.withdrawnAt(accountId, interaction.client.id);
      await this.authorize.allow({ accountId, interaction, answers, page: '/i/allow' });
      const { scopes, resources } = interaction.asked;
      return this.edge.redirect(reply, await this.provider.finishConsent(request.raw, reply.raw, { scopes: [...scopes, ...resources.flatMap((one) => one.scopes)], revoked }));
    });
  }

  #choices = (interaction: Interaction, purposes: Awaited<ReturnType<OverviewQuery['purposes']>>) => offered(purposes, interaction.client.purposes, interaction.asked.scopes);

  async #page(request: FastifyRequest, reply: FastifyReply, interaction: Interaction, accountId: string, { problem, status }: { problem?: string; status?: number } = {}) {
    const [email, purposes] = await Promise.all([this.overview.email(accountId), this.overview.purposes(accountId)]);
    const ticked = fields(request, 'purpose').map((one) => one.split(':')[0] ?? '');
    const page = AllowPage({ ...this.edge.view(request, reply, interaction), email: email ?? '', rights: rightsOf(interaction.asked), asked: inWords(interaction.asked), purposes: this.#choices(interaction, purposes), ticked, problem });
    return this.edge.send(request, reply, page, { status, formAction: interaction.redirectOrigin });
  }
}
