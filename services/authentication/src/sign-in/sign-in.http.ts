import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CODE_MINUTES, Codes } from '../code/codes.js';
import { LONGEST_TYPED_CODE, typedCode } from '../code/typed-code.policy.js';
import { Devices } from '../device/devices.js';
import { OverviewQuery } from '../account/overview.query.js';
import { Mails, NOBODY } from '../mail/mails.js';
import { ACCOUNT_CLIENT } from '../client/built-in-clients.js';
import { asksToRecover } from '../oidc/asked-page.js';
import type { IdentityProvider, Interaction } from '../oidc/identity-provider.js';
import { text } from '../page/index.js';
import { PageEdge } from '../session/page-edge.js';
import { asked, field } from '../session/visitor.js';
import { Throttle, toldWait } from '../throttle/throttle.js';
import { IDENTITY_PROVIDER } from '../tokens.js';
import { AccountsQuery } from './accounts.query.js';
import { signInCodeMail } from './sign-in.mail.js';
import { PasswordCheck } from './password-check.js';
import { noRiskAnswer } from './sign-in-risk.js';
import { Proofs } from './proofs.js';
import { needs } from './sign-in-evidence.policy.js';
import { mayAnswer, stepOf } from './sign-in-step.policy.js';
import { SignInSteps } from './sign-in-steps.js';
import type { AcceptedPassword, Step } from './sign-in-steps.js';
import { SignIn } from './sign-in.js';
import { ConfirmPage, SignInPage } from './sign-in.page.js';
import type { Wrong } from './sign-in.page.js';

const minutes = (seconds: number) => Math.max(1, Math.ceil(seconds / 60));

/** Email and password, then the mailed code where the browser is not known. */
@Controller('i/:uid')
export class SignInController {
  constructor(
    @Inject(IDENTITY_PROVIDER) private readonly provider: IdentityProvider,
    @Inject(PageEdge) private readonly edge: PageEdge,
    @Inject(PasswordCheck) private readonly passwords: PasswordCheck,
    @Inject(SignInSteps) private readonly steps: SignInSteps,
    @Inject(SignIn) private readonly signIn: SignIn,
    @Inject(Codes) private readonly codes: Codes,
    @Inject(Mails) private readonly mails: Mails,
    @Inject(Throttle) private readonly throttle: Throttle,
    @Inject(AccountsQuery) private readonly accounts: AccountsQuery,
    @Inject(OverviewQuery) private readonly overview: OverviewQuery,
    @Inject(Devices) private readonly devices: Devices,
    @Inject(Proofs) private readonly proofs: Proofs,
  ) {}

  @Get()
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.edge.visit(request, reply, uid, async (interaction) => {
      const proven = forAccount(interaction) ? await this.proofs.of(request.raw) : undefined;
      if (proven) {
        const to = await this.signIn.complete(this.#visitor(request, reply), interaction, { ...proven, knownDevice: false, codeGiven: true });
        await this.proofs.used(request.raw, reply.raw);
        return this.edge.redirect(reply, to);
      }
      const accepted = await this.#accepted(interaction);
      const step = stepOf({ prompt: interaction.prompt, passwordAccepted: accepted !== undefined });
      if (step === 'select' || step === 'allow' || step === 'purposes') return this.edge.redirect(reply, `/i/${uid}/${step}`);
      if (interaction.params['prompt'] === 'create' && asked(request, 'again') === undefined) return this.edge.redirect(reply, `/i/${uid}/register`);
      if (asksToRecover(interaction) && asked(request, 'again') === undefined) return this.edge.redirect(reply, `/i/${uid}/recover`);
      if (step === 'code' && asked(request, 'again') === undefined) return this.edge.redirect(reply, `/i/${uid}/confirm`);
      return this.#password(request, reply, interaction, { notice: noticeOf(asked(request, 'notice')) });
    });
  }

  @Post()
  password(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.edge.visit(request, reply, uid, async (interaction) => {
      const [login, password] = [field(request, 'login', 320).trim(), field(request, 'password')];
      const again = (wrong: Wrong, status: number, retryAfter?: number) => this.#password(request, reply, interaction, { login, wrong, status, retryAfter });
      if (!mayAnswer('password', { prompt: interaction.prompt, passwordAccepted: false })) return this.edge.redirect(reply, `/i/${uid}`);
      if (!this.edge.isOurs(request)) return again({ form: text('form.stale') }, 403);
      if (login === '' || password === '') return again({ ...(login === '' ? { login: text('sign-in.email-missing') } : {}), ...(password === '' ? { password: text('sign-in.password-missing') } : {}) }, 422);
      const checked = await this.passwords.check({ login, password, request: request.raw, address: request.ip, mustBe: sameAccount(interaction) });
      if ('wait' in checked) return again({ form: text('sign-in.wait', { minutes: minutes(checked.wait) }) }, 429, checked.wait);
      if ('refused' in checked) return again({ form: text('sign-in.refused') }, 401);
      return this.#accept(request, reply, interaction, checked.accepted);
    }, (retryAfter, interaction) => interaction && this.#password(request, reply, interaction, { login: field(request, 'login', 320), wrong: { form: text('sign-in.busy') }, status: 503, retryAfter }));
  }

  @Get('confirm')
  confirmPage(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.#confirming(request, reply, uid, async (interaction) => this.#code(request, reply, interaction, { notice: asked(request, 'notice') === 'resent' ? text('confirm.resent') : undefined }));
  }

  @Post('confirm')
  confirm(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.#confirming(request, reply, uid, async (interaction, { accountId, epoch, proven }) => {
      const code = typedCode(field(request, 'code', LONGEST_TYPED_CODE));
      if (!this.edge.isOurs(request)) return this.#code(request, reply, interaction, { wrong: { form: text('form.stale') }, status: 403 });
      if (proven) return this.#complete(request, reply, interaction, { accountId, epoch });
      if (code === '') return this.#code(request, reply, interaction, { wrong: { code: text('confirm.missing') }, status: 422 });
      const who = { login: accountId, address: request.ip };
      const turn = await this.throttle.take('confirm-code', who);
      const wait = toldWait(turn);
      if (wait !== undefined) return this.#code(request, reply, interaction, { wrong: { form: text('code.wait', { minutes: minutes(wait) }) }, status: 429, retryAfter: wait });
      const binding = turn.allowed ? bindingOf(uid, accountId) : NOBODY;
      if (!(await this.steps.prove(uid, (tx) => this.codes.check('sign-in', binding, code, tx)))) return this.#code(request, reply, interaction, { wrong: { code: text('confirm.wrong') }, status: 422 });
      await this.throttle.succeeded('confirm-code', who);
      return this.#complete(request, reply, interaction, { accountId, epoch });
    });
  }

  /** Password and code are proven. */
  async #complete(request: FastifyRequest, reply: FastifyReply, interaction: Interaction, { accountId, epoch }: Readonly<{ accountId: string; epoch: number }>) {
    const knownDevice = await this.devices.knows(request.raw, accountId);
    return this.edge.redirect(reply, await this.signIn.complete(this.#visitor(request, reply), interaction, { accountId, epoch, knownDevice, codeGiven: true }));
  }

  @Post('confirm/resend')
  resend(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.#confirming(request, reply, uid, async (interaction, { accountId }) => {
      if (!this.edge.isOurs(request)) return this.#code(request, reply, interaction, { wrong: { form: text('form.stale') }, status: 403 });
      const wait = await this.#mail(uid, accountId, request.ip);
      if (wait !== undefined) return this.#code(request, reply, interaction, { wrong: { form: text('confirm.wait', { minutes: minutes(wait) }) }, status: 429, retryAfter: wait });
      return this.edge.redirect(reply, `/i/${uid}/confirm?notice=resent`);
    });
  }

  /** The risk is weighed before the interaction is finished with a login, never after. */
  async #accept(request: FastifyRequest, reply: FastifyReply, interaction: Interaction, { accountId, credentialId, epoch, knownDevice }: AcceptedPassword & { knownDevice: boolean }) {
    const risk = await noRiskAnswer.weigh({ accountId, clientId: interaction.client.id, knownDevice });
    const missing = needs(knownDevice, risk);
    if (missing === 'refusal') return this.#password(request, reply, interaction, { login: field(request, 'login', 320), wrong: { form: text('sign-in.refused') }, status: 401 });
    if (missing === 'nothing') return this.edge.redirect(reply, await this.signIn.complete(this.#visitor(request, reply), interaction, { accountId, epoch, knownDevice, codeGiven: false }));
    await this.steps.accept(interaction.uid, { accountId, credentialId, epoch });
    const wait = await this.#mail(interaction.uid, accountId, request.ip);
    if (wait !== undefined) return this.#code(request, reply, interaction, { wrong: { form: text('confirm.wait', { minutes: minutes(wait) }) }, status: 429, retryAfter: wait });
    return this.edge.redirect(reply, `/i/${interaction.uid}/confirm`);
  }

  /** Seconds to wait, when enough codes were mailed for sign-ins from here. They are behind a right password, and counted apart from what anybody can ask for. */
  async #mail(uid: string, accountId: string, address: string): Promise<number | undefined> {
    const turn = await this.throttle.take('confirm', { login: accountId, address, visit: uid });
    const wait = toldWait(turn);
    if (wait !== undefined) return wait;
    // Without a turn the code that was mailed before stays the one that fits.
    const code = await this.codes.issue('sign-in', turn.allowed ? bindingOf(uid, accountId) : NOBODY);
    await this.mails.queue({ account: turn.allowed ? accountId : NOBODY, ...signInCodeMail(this.edge.brand, code), goodFor: CODE_MINUTES });
    return undefined;
  }

  /** Only with a password that was accepted in this interaction, and is still the account's. */
  #confirming(request: FastifyRequest, reply: FastifyReply, uid: string, work: (interaction: Interaction, accepted: Step) => Promise<unknown>) {
    return this.edge.visit(request, reply, uid, async (interaction) => {
      const accepted = await this.#accepted(interaction);
      if (!accepted || !mayAnswer('code', { prompt: interaction.prompt, passwordAccepted: true })) return this.edge.redirect(reply, `/i/${uid}`);
      return work(interaction, accepted);
    });
  }

  async #accepted(interaction: Interaction): Promise<Step | undefined> {
    const accepted = await this.steps.accepted(interaction.uid);
    const must = sameAccount(interaction);
    if (!accepted || (must !== undefined && must !== accepted.accountId)) return undefined;
    const account = await this.accounts.byId(accepted.accountId);
    return account && !account.disabled && account.credentialId === accepted.credentialId && account.epoch === accepted.epoch ? accepted : undefined;
  }

  async #password(request: FastifyRequest, reply: FastifyReply, interaction: Interaction, more: { login?: string; wrong?: Wrong; notice?: string; status?: number; retryAfter?: number }) {
    const same = sameAccount(interaction);
    const known = same === undefined ? undefined : await this.overview.email(same);
    const hint = interaction.params['login_hint'];
    const login = known ?? more.login ?? (typeof hint === 'string' ? hint.slice(0, 320) : '');
    const { wrong, notice, status, retryAfter } = more;
    const page = SignInPage({ ...this.edge.view(request, reply, interaction), login, again: known !== undefined, fixedLogin: known !== undefined, wrong, notice });
    return this.edge.send(request, reply, page, { status, retryAfter, formAction: interaction.redirectOrigin });
  }

  #code(request: FastifyRequest, reply: FastifyReply, interaction: Interaction, { wrong, notice, status, retryAfter }: { wrong?: Wrong; notice?: string; status?: number; retryAfter?: number }) {
    return this.edge.send(request, reply, ConfirmPage({ ...this.edge.view(request, reply, interaction), wrong, notice }), { status, retryAfter, formAction: interaction.redirectOrigin });
  }

  #visitor = (request: FastifyRequest, reply: FastifyReply) => ({ request: request.raw, response: reply.raw, address: request.ip });
}

const noticeOf = (key: string | undefined): string | undefined => (key === 'recovered' || key === 'recovered-later' ? text(`sign-in.${key}`) : undefined);

/** Somebody who is signed in and asked again has to be the same; unless that account can no longer sign in. */
const sameAccount = ({ accountId, reasons }: Interaction): string | undefined => (reasons.includes('account_unavailable') ? undefined : accountId);

/** What was proven on a page of ours signs in at our own pages, and only who is not signed in. */
const forAccount = ({ client, prompt, accountId }: Interaction): boolean => client.id === ACCOUNT_CLIENT && prompt === 'login' && accountId === undefined;

/** A code counts for one account in one interaction, which the provider binds to one browser. */
const bindingOf = (uid: string, accountId: string) => `${uid} ${accountId}`;
