import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InteractionGone } from '../oidc/identity-provider.js';
import { text } from '../page/index.js';
import { PageEdge } from '../session/page-edge.js';
import { field } from '../session/visitor.js';
import { FIRST_EPOCH } from '../sign-in/sign-in.js';
import { LinkSignIn } from './link-sign-in.js';
import { Register } from './register.js';
import { RegisterLinkPage } from './register.page.js';
import { refusalPage } from './registration-refusal.js';
import { Registrations } from './registrations.js';
import type { Registration } from './registrations.js';

type Shown = Readonly<{ error?: string; problem?: string; status?: number; retryAfter?: number }>;

/** The link of the mail, in whichever browser it is opened. */
@Controller('register/:link')
export class RegisterLinkController {
  constructor(
    @Inject(PageEdge) private readonly edge: PageEdge,
    @Inject(Register) private readonly register: Register,
    @Inject(Registrations) private readonly registrations: Registrations,
    @Inject(LinkSignIn) private readonly signIn: LinkSignIn,
  ) {}

  /** Opens the form and consumes nothing: mail scanners follow links too. */
  @Get()
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('link') link: string) {
    return this.#ofLink(request, reply, link, async (registration) => this.#form(request, reply, link, registration));
  }

  @Post()
  confirm(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('link') link: string) {
    return this.#ofLink(request, reply, link, async (registration) => {
      const again = (shown: Shown) => this.#form(request, reply, link, registration, shown);
      const password = field(request, 'password');
      if (!this.edge.isOurs(request)) return again({ problem: text('form.stale'), status: 403 });
      if (password === '') return again({ error: text('register.link-missing'), status: 422 });
      const done = await this.register.byLink(registration, password, request.ip);
      if (done === undefined) return again({ error: text('register.link-wrong'), status: 422 });
      if (done === 'gone') throw new InteractionGone();
      if (typeof done === 'string') return this.edge.send(request, reply, refusalPage(done, { brand: this.edge.brand }), { status: 409 });
      if ('wait' in done) return again({ problem: text('sign-in.wait', { minutes: Math.max(1, Math.ceil(done.wait / 60)) }), status: 429, retryAfter: done.wait });
      return this.edge.redirect(reply, await this.signIn.begin(request.raw, reply.raw, { ...done, epoch: FIRST_EPOCH }));
    });
  }

  #ofLink(request: FastifyRequest, reply: FastifyReply, link: string, work: (registration: Registration) => Promise<unknown>) {
    const open = async () => {
      const registration = await this.registrations.ofLink(link);
      if (!registration) throw new InteractionGone();
      return registration.done ? this.edge.redirect(reply, '/account') : work(registration);
    };
    return this.edge.guarded(request, reply, open);
  }

  #form(request: FastifyRequest, reply: FastifyReply, link: string, { registrant }: Registration, { status, retryAfter, ...shown }: Shown = {}) {
    const page = RegisterLinkPage({ brand: this.edge.brand, token: this.edge.token(request, reply), link, email: registrant?.email ?? '', ...shown });
    return this.edge.send(request, reply, page, { status, retryAfter });
  }
}
