import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LONGEST_TYPED_CODE, typedCode } from '../code/typed-code.policy.js';
import type { Interaction } from '../oidc/identity-provider.js';
import { text } from '../page/index.js';
import { passwordFault } from '../password/password-rules.js';
import { PageEdge } from '../session/page-edge.js';
import { asked, field } from '../session/visitor.js';
import { FIRST_EPOCH, SignIn } from '../sign-in/sign-in.js';
import { toldWait } from '../throttle/throttle.js';
import { PORTS } from '../tokens.js';
import { parseEmail } from './email-address.js';
import { Register } from './register.js';
import { ConfirmedPage, RegisterCodePage, RegisterPage } from './register.page.js';
import type { FormShown, FormWrong } from './register.page.js';
import { formFaults } from './registration-form.js';
import { refusalPage } from './registration-refusal.js';
import { Registrations } from './registrations.js';
import type { Registration } from './registrations.js';

type Shown = Readonly<{ typed?: FormShown; wrong?: FormWrong; status?: number; retryAfter?: number }>;
type CodeShown = Readonly<{ error?: string; problem?: string; notice?: string; status?: number; retryAfter?: number }>;

const minutes = (seconds: number) => Math.max(1, Math.ceil(seconds / 60));

/** Creating an account within a visit: the form, then the mailed code. Every answer is the same for a known address and a free one. */
@Controller('i/:uid')
export class RegisterController {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(PageEdge) private readonly edge: PageEdge,
    @Inject(Register) private readonly register: Register,
    @Inject(Registrations) private readonly registrations: Registrations,
    @Inject(SignIn) private readonly signIn: SignIn,
  ) {}

  @Get('register')
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.#visit(request, reply, uid, async (interaction) => this.#form(request, reply, interaction));
  }

  @Post('register')
  begin(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.#visit(request, reply, uid, async (interaction) => {
      const typed = typedIn(request);
      const password = field(request, 'password');
      const again = (wrong: FormWrong, status: number, retryAfter?: number) => this.#form(request, reply, interaction, { typed, wrong, status, retryAfter });
      if (!this.edge.isOurs(request)) return again({ form: text('form.stale') }, 403);
      const wrong = this.#wrong(typed, password);
      if (wrong) return again(wrong, 422);
      const person = { email: parseEmail(typed.email)!.address, firstName: typed.firstName.trim(), lastName: typed.lastName.trim(), locale: 'en' };
      const wait = await this.register.begin(reply.raw, { ...person, password }, { interaction: uid, address: request.ip });
      if (wait !== undefined) return again({ form: text('register.wait', { minutes: minutes(wait) }) }, 429, wait);
      return this.edge.redirect(reply, `/i/${uid}/code`);
    });
  }

  @Get('code')
  codePage(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.#registering(request, reply, uid, async (interaction, registration) =>
      this.#code(request, reply, interaction, registration, { notice: asked(request, 'notice') === 'resent' ? text('register.resent') : undefined }),
    );
  }

  @Post('code')
  code(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.#registering(request, reply, uid, async (interaction, registration) => {
      const again = (shown: CodeShown) => this.#code(request, reply, interaction, registration, shown);
      if (!this.edge.isOurs(request)) return again({ problem: text('form.stale'), status: 403 });
      const code = typedCode(field(request, 'code', LONGEST_TYPED_CODE));
      if (code === '' && !registration.confirmed) return again({ error: text('register.code-missing'), status: 422 });
      const turn = registration.confirmed ? undefined : await this.register.turn(registration, request.ip);
      const wait = turn && toldWait(turn);
      if (wait !== undefined) return again({ problem: text('code.wait-or-link', { minutes: minutes(wait) }), status: 429, retryAfter: wait });
      const done = await this.register.byCode(registration, code, { held: turn?.allowed === false, address: request.ip });
      if (done === undefined) return again({ error: text('register.code-wrong'), status: 422 });
      if (done === 'gone') return this.edge.redirect(reply, `/i/${uid}/code`);
      if (typeof done === 'string') return this.edge.send(request, reply, refusalPage(done, { brand: this.edge.brand, visit: { uid, token: this.edge.token(request, reply) } }), { status: 409, formAction: interaction.redirectOrigin });
      const visitor = { request: request.raw, response: reply.raw, address: request.ip };
      return this.edge.redirect(reply, await this.signIn.complete(visitor, interaction, { accountId: done.accountId, epoch: FIRST_EPOCH, knownDevice: false, codeGiven: true }));
    });
  }

  @Post('code/resend')
  resend(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.#registering(request, reply, uid, async (interaction, registration) => {
      if (!this.edge.isOurs(request)) return this.#code(request, reply, interaction, registration, { problem: text('form.stale'), status: 403 });
      const wait = await this.register.again(registration, request.ip);
      if (wait !== undefined) return this.#code(request, reply, interaction, registration, { problem: text('register.wait', { minutes: minutes(wait) }), status: 429, retryAfter: wait });
      return this.edge.redirect(reply, `/i/${uid}/code?notice=resent`);
    });
  }

  #visit(request: FastifyRequest, reply: FastifyReply, uid: string, work: (interaction: Interaction) => Promise<unknown>) {
    return this.edge.visit(
      request,
      reply,
      uid,
      async (interaction) => (mayRegister(interaction) ? work(interaction) : this.edge.redirect(reply, `/i/${uid}`)),
      (retryAfter, interaction) => interaction && this.#form(request, reply, interaction, { typed: typedIn(request), wrong: { form: text('register.busy') }, status: 503, retryAfter }),
    );
  }

  /** Only in the browser that began, at the visit that it began at. */
  #registering(request: FastifyRequest, reply: FastifyReply, uid: string, work: (interaction: Interaction, registration: Registration) => Promise<unknown>) {
    return this.#visit(request, reply, uid, async (interaction) => {
      const registration = await this.registrations.ofBrowser(request.raw, uid);
      if (!registration) return this.edge.redirect(reply, `/i/${uid}/register`);
      return registration.done ? this.edge.send(request, reply, ConfirmedPage({ brand: this.edge.brand, uid, token: this.edge.token(request, reply) }), { formAction: interaction.redirectOrigin }) : work(interaction, registration);
    });
  }

  /** What is wrong, all at once; when the rest is, the password has to be typed again too. */
  #wrong(typed: FormShown, password: string): FormWrong | undefined {
    const { email, firstName, lastName } = formFaults(typed);
    const { passwordMinimum: minimum, brand } = this.ports.configuration;
    const fault = passwordFault(password, { minimum, context: [typed.email, typed.firstName, typed.lastName, brand.name] });
    if (!email && !firstName && !lastName && !fault) return undefined;
    return {
      ...(email && { email: text(email === 'email_rewritten' ? 'register.email-rewritten' : 'register.email-wrong') }),
      ...(firstName && { firstName: text(firstName === 'name_wrong' ? 'register.name-wrong' : 'register.first-name-missing') }),
      ...(lastName && { lastName: text(lastName === 'name_wrong' ? 'register.name-wrong' : 'register.last-name-missing') }),
      password: fault ? text(`password.${fault}`, { minimum }) : text('register.password-again'),
    };
  }

  #form(request: FastifyRequest, reply: FastifyReply, interaction: Interaction, { typed, wrong, status, retryAfter }: Shown = {}) {
    const hint = interaction.params['login_hint'];
    const shown = typed ?? { email: typeof hint === 'string' ? hint.slice(0, 320) : '', firstName: '', lastName: '' };
    const page = RegisterPage({ ...this.edge.view(request, reply, interaction), typed: shown, minimum: this.ports.configuration.passwordMinimum, wrong });
    return this.edge.send(request, reply, page, { status, retryAfter, formAction: interaction.redirectOrigin });
  }

  #code(request: FastifyRequest, reply: FastifyReply, interaction: Interaction, { registrant }: Registration, { status, retryAfter, ...shown }: CodeShown = {}) {
    const page = RegisterCodePage({ ...this.edge.view(request, reply, interaction), email: registrant?.email ?? '', ...shown });
    return this.edge.send(request, reply, page, { status, retryAfter, formAction: interaction.redirectOrigin });
  }
}

/** Somebody who is asked again to prove who they are does not become somebody else, unless the application asks for a new account. */
const mayRegister = ({ prompt, accountId, params }: Interaction): boolean => prompt === 'login' && (accountId === undefined || params['prompt'] === 'create');

/** As it was typed: shown again just so. */
const typedIn = (request: FastifyRequest): FormShown => ({ email: field(request, 'email', 600), firstName: field(request, 'first_name', 600), lastName: field(request, 'last_name', 600) });
