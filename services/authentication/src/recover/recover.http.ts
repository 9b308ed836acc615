import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LONGEST_TYPED_CODE, typedCode } from '../code/typed-code.policy.js';
import { Devices } from '../device/devices.js';
import type { Interaction } from '../oidc/identity-provider.js';
import { text } from '../page/index.js';
import { PageEdge } from '../session/page-edge.js';
import { visitHash } from '../session/visit-hash.js';
import { field } from '../session/visitor.js';
import { PORTS } from '../tokens.js';
import { NewPassword } from './new-password.js';
import { Recover } from './recover.js';
import { Recoveries } from './recoveries.js';
import type { Recovery } from './recoveries.js';
import { NewPasswordPage, RecoverCodePage, RecoveredPage, RecoverPage } from './recover.page.js';

type Wrong = Readonly<{ error?: string; problem?: string; status?: number; retryAfter?: number; email?: string }>;
/** Which form of a new password it is; in a visit also where leaving that leads. */
type Where = Readonly<{ action: string; uid?: string; leads?: string }>;
const inVisit = ({ uid, redirectOrigin }: Interaction): Where => ({ action: `/i/${uid}/recover/password`, uid, leads: redirectOrigin });

const minutes = (seconds: number) => Math.max(1, Math.ceil(seconds / 60));

/** A forgotten password: the address, a mailed code or link, a new password. It answers alike whether or not somebody has the address. */
@Controller()
export class RecoverController {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(PageEdge) private readonly edge: PageEdge,
    @Inject(Recover) private readonly recover: Recover,
    @Inject(Recoveries) private readonly recoveries: Recoveries,
    @Inject(NewPassword) private readonly newPassword: NewPassword,
    @Inject(Devices) private readonly devices: Devices,
  ) {}

  @Get('i/:uid/recover')
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.edge.visit(request, reply, uid, async (interaction) => this.#ask(request, reply, interaction));
  }

  @Post('i/:uid/recover')
  begin(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.edge.visit(request, reply, uid, async (interaction) => {
      const email = field(request, 'email', 320).trim();
      if (!this.edge.isOurs(request)) return this.#ask(request, reply, interaction, { email, problem: text('form.stale'), status: 403 });
      if (!email.includes('@')) return this.#ask(request, reply, interaction, { email, error: text('sign-in.email-missing'), status: 422 });
      const wait = await this.recover.begin(reply.raw, { address: email, interaction: uid, request: request.raw, ip: request.ip });
      if (wait !== undefined) return this.#ask(request, reply, interaction, { email, problem: text('confirm.wait', { minutes: minutes(wait) }), status: 429, retryAfter: wait });
      return this.edge.redirect(reply, `/i/${uid}/recover/code`);
    });
  }

  @Get('i/:uid/recover/code')
  codePage(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.#recovering(request, reply, uid, async (interaction, recovery) => this.#code(request, reply, interaction, recovery));
  }

  @Post('i/:uid/recover/code')
  code(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.#recovering(request, reply, uid, async (interaction, recovery) => {
      if (!this.edge.isOurs(request)) return this.#code(request, reply, interaction, recovery, { problem: text('form.stale'), status: 403 });
      const code = typedCode(field(request, 'code', LONGEST_TYPED_CODE));
      const right = code !== '' && (await this.recover.check(recovery, code, { request: request.raw, ip: request.ip }));
      if (typeof right === 'object') return this.#code(request, reply, interaction, recovery, { problem: text('code.wait-or-link', { minutes: minutes(right.wait) }), status: 429, retryAfter: right.wait });
      if (!right) return this.#code(request, reply, interaction, recovery, { error: text(code === '' ? 'confirm.missing' : 'recover.code-wrong'), status: 422 });
      await this.recoveries.prove(recovery.id);
      return this.edge.redirect(reply, `/i/${uid}/recover/password`);
    });
  }

  /** A new code is a new recovery: the old code and the old link are dead. */
  @Post('i/:uid/recover/resend')
  resend(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.#recovering(request, reply, uid, async (interaction, recovery) => {
      if (!this.edge.isOurs(request)) return this.#code(request, reply, interaction, recovery, { problem: text('form.stale'), status: 403 });
      const wait = await this.recover.begin(reply.raw, { address: recovery.address, interaction: uid, request: request.raw, ip: request.ip });
      if (wait !== undefined) return this.#code(request, reply, interaction, recovery, { problem: text('confirm.wait', { minutes: minutes(wait) }), status: 429, retryAfter: wait });
      return this.edge.redirect(reply, `/i/${uid}/recover/code`);
    });
  }

  @Get('i/:uid/recover/password')
  passwordPage(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.#recovering(request, reply, uid, async (interaction, recovery) => (recovery.proven ? this.#password(request, reply, recovery, inVisit(interaction)) : this.#code(request, reply, interaction, recovery)));
  }

  @Post('i/:uid/recover/password')
  password(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.#recovering(request, reply, uid, async (interaction, recovery) => {
      if (!recovery.proven) return this.#code(request, reply, interaction, recovery, { status: 403 });
      return this.#set(request, reply, recovery, inVisit(interaction), (inForce) => this.edge.redirect(reply, `/i/${uid}?again=1&notice=${inForce ? 'recovered' : 'recovered-later'}`));
    });
  }

  /** Opens the form and consumes nothing: mail scanners follow links too. */
  @Get('recover/:link')
  linkPage(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('link') link: string) {
    return this.#ofLink(request, reply, link, async (recovery) => this.#password(request, reply, recovery, { action: `/recover/${link}` }));
  }

  @Post('recover/:link')
  linkPassword(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('link') link: string) {
    return this.#ofLink(request, reply, link, (recovery) => this.#set(request, reply, recovery, { action: `/recover/${link}` }, (inForce) => this.edge.send(request, reply, RecoveredPage({ brand: this.edge.brand, inForce }))));
  }

  /** Only in the browser that asked. */
  #recovering(request: FastifyRequest, reply: FastifyReply, uid: string, work: (interaction: Interaction, recovery: Recovery) => Promise<unknown>) {
    return this.edge.visit(request, reply, uid, async (interaction) => {
      const recovery = await this.recoveries.ofBrowser(request.raw);
      return recovery?.visit === visitHash(uid) ? work(interaction, recovery) : this.edge.redirect(reply, `/i/${uid}/recover`);
    });
  }

  #ofLink(request: FastifyRequest, reply: FastifyReply, link: string, work: (recovery: Recovery) => Promise<unknown>) {
    return this.edge.guarded(request, reply, async () => {
      const recovery = await this.recoveries.ofLink(link);
      return recovery?.accountId === undefined ? this.edge.gone(request, reply) : work(recovery);
    });
  }

  async #set(request: FastifyRequest, reply: FastifyReply, recovery: Recovery, where: Where, done: (inForce: boolean) => unknown): Promise<unknown> {
    if (!this.edge.isOurs(request) || recovery.accountId === undefined) return this.#password(request, reply, recovery, where, { problem: text('form.stale'), status: 403 });
    const outcome = await this.newPassword.set({ accountId: recovery.accountId, password: field(request, 'password'), recovery: recovery.id });
    if ('wrong' in outcome) return this.#password(request, reply, recovery, where, { error: outcome.wrong, status: 422 });
    this.recoveries.forget(reply.raw);
    // Whoever has the mailbox is the owner: this browser is known from now on, and every other one is asked anew.
    await this.devices.remember(request.raw, reply.raw, { accountId: recovery.accountId, epoch: outcome.epoch });
    return done(outcome.inForce);
  }

  #ask = (request: FastifyRequest, reply: FastifyReply, interaction: Interaction, { email = '', status, retryAfter, ...wrong }: Wrong = {}) =>
    this.edge.send(request, reply, RecoverPage({ ...this.edge.view(request, reply, interaction), email, ...wrong }), { status, retryAfter, formAction: interaction.redirectOrigin });

  #code = (request: FastifyRequest, reply: FastifyReply, interaction: Interaction, { address }: Recovery, { status, retryAfter, ...wrong }: Wrong = {}) =>
    this.edge.send(request, reply, RecoverCodePage({ ...this.edge.view(request, reply, interaction), ...wrong, email: address }), { status, retryAfter, formAction: interaction.redirectOrigin });

  #password = (request: FastifyRequest, reply: FastifyReply, { address }: Recovery, { action, uid, leads }: Where, { status, error, problem }: Wrong = {}) =>
    this.edge.send(request, reply, NewPasswordPage({ brand: this.edge.brand, token: this.edge.token(request, reply), action, uid, email: address, minimum: this.ports.configuration.passwordMinimum, error, problem }), { status, formAction: leads });
}
