import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IdentityProvider } from '../oidc/identity-provider.js';
import { PageEdge } from '../session/page-edge.js';
import { field } from '../session/visitor.js';
import { IDENTITY_PROVIDER } from '../tokens.js';
import { LeavePage } from './leave.page.js';
import { SignInSteps } from './sign-in-steps.js';

/** The ways out of a visit. They stand below each of its first pages, since a visit's cookie goes to the page that it began at and what lies below. */
@Controller(['i/:uid', 'i/:uid/select', 'i/:uid/allow', 'i/:uid/purposes'])
export class LeaveController {
  constructor(
    @Inject(IDENTITY_PROVIDER) private readonly provider: IdentityProvider,
    @Inject(PageEdge) private readonly edge: PageEdge,
    @Inject(SignInSteps) private readonly steps: SignInSteps,
  ) {}

  @Post('leave')
  leave(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.edge.visit(request, reply, uid, async (interaction) => {
      const at = request.url.replace(/\/leave(?:\?.*)?$/, '');
      if (!this.edge.isOurs(request)) return this.edge.send(request, reply, LeavePage({ brand: this.edge.brand, at, token: this.edge.token(request, reply) }), { status: 403, formAction: interaction.redirectOrigin });
      await this.steps.clear(uid);
      const other = field(request, 'answer') === 'other';
      return this.edge.redirect(reply, other ? await this.provider.somebodyElse(request.raw, reply.raw) : await this.provider.abort(request.raw, reply.raw, 'access_denied', 'The person did not go on.'));
    });
  }
}
