import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BrowserSession, IdentityProvider } from '../oidc/identity-provider.js';
import { LANGUAGE, text } from '../page/index.js';
import { NewPassword } from '../recover/new-password.js';
import { OwnApis } from '../session/own-apis.js';
import type { OwnAnswer, OwnRequest } from '../session/own-apis.js';
import { PageEdge } from '../session/page-edge.js';
import { asked, field } from '../session/visitor.js';
import { IDENTITY_PROVIDER, PORTS } from '../tokens.js';
import { AccountSignIn } from './account-sign-in.js';
import type { ReturnTo } from './account-sign-in.js';
import { AccountPage, ChangePasswordPage, SignedOutPage } from './account.page.js';
import { EndOthers } from './end-others.js';
import { isNotice, kindOf } from './account-notice.policy.js';
import type { Notice } from './account-notice.policy.js';
import { OverviewQuery } from './overview.query.js';

/** How young a password has to be for what only its owner should do, in seconds. */
const FRESH = 300;

type Work = (session: BrowserSession) => Promise<unknown>;

/** What somebody sees and changes of their own account. Each change is a POST, answered by 303 to the page with a notice. */
@Controller('account')
export class AccountController {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(IDENTITY_PROVIDER) private readonly provider: IdentityProvider,
    @Inject(PageEdge) private readonly edge: PageEdge,
    @Inject(AccountSignIn) private readonly signIn: AccountSignIn,
    @Inject(OverviewQuery) private readonly overview: OverviewQuery,
    @Inject(OwnApis) private readonly apis: OwnApis,
    @Inject(NewPassword) private readonly newPassword: NewPassword,
    @Inject(EndOthers) private readonly others: EndOthers,
  ) {}

  @Get()
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.#signedIn(request, reply, '/account', async (session) => {
      const key = asked(request, 'notice') ?? '';
      return this.#overview(request, reply, session, isNotice(key) ? key : undefined);
    });
  }

  @Get('callback')
  callback(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.edge.guarded(request, reply, async () => {
      const to = await this.signIn.finish(request.raw, reply.raw, request.query as Readonly<Record<string, unknown>>);
      if (to !== undefined || asked(request, 'error') === undefined) return this.edge.redirect(reply, to ?? '/account');
      // Somebody who was asked for the password again and would rather not is as signed in as before.
      return this.edge.redirect(reply, (await this.provider.session(request.raw, reply.raw)) ? '/account' : '/account/signed-out');
    });
  }

  /** "This was not me" of our mails: a visit that begins at the forgotten password, whoever is signed in here. */
  @Get('not-me')
  notMe(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.edge.guarded(request, reply, async () => this.edge.redirect(reply, this.signIn.begin(reply.raw, '/account', { recover: true })));
  }

  @Get('signed-out')
  signedOut(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.edge.send(request, reply, SignedOutPage({ brand: this.edge.brand }));
  }

  /** What was typed stays on the page when it is refused. */
  @Post('name')
  name(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.#signedIn(request, reply, '/account', async (session) => {
      const typed = { firstName: field(request, 'first_name', 200).trim(), lastName: field(request, 'last_name', 200).trim() };
      if (!this.edge.isOurs(request, session)) return this.edge.redirect(reply, '/account?notice=stale');
      const notice = await this.#rename(session, typed);
      return kindOf(notice) === 'good' ? this.edge.redirect(reply, `/account?notice=${notice}`) : this.#overview(request, reply, session, notice, typed);
    });
  }

  async #rename(session: BrowserSession, { firstName, lastName }: Readonly<{ firstName: string; lastName: string }>): Promise<Notice> {
    const { accountId } = session;
    if (firstName === '' || lastName === '') return 'name-missing';
    const answer = await this.apis.call({ account: session, scope: 'profiles:write', method: 'PATCH', path: `/api/profiles/v1/profiles/${accountId}`, body: { attributes: { first_name: firstName, last_name: lastName } } });
    if (answer.status >= 400) return 'name-refused';
    return (await this.#applied('authentication.claims.v1', answer, accountId)) ? 'name' : 'name-later';
  }

  @Post('purposes/:purpose')
  purpose(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('purpose') purpose: string) {
    return this.#change(request, reply, async (session) => {
      const grant = field(request, 'answer') === 'grant';
      const consents = '/api/consent/v1/consents';
      const ask: Omit<OwnRequest, 'account' | 'scope'> = grant ? { method: 'POST', path: consents, body: { purpose, textVersion: Number(field(request, 'text_version')), proof: { language: LANGUAGE, where: '/account' } } } : { method: 'DELETE', path: `${consents}/${encodeURIComponent(purpose)}` };
      const answer = await this.apis.call({ account: session, scope: grant ? 'consent:record' : 'consent:write', ...ask });
      if (answer.status >= 400) return 'stale';
      if (!grant) return answer.notYet ? 'withdrawn-later' : 'withdrawn';
      return (await this.#applied('authentication.consents.v1', answer, session.accountId)) ? 'granted' : 'granted-later';
    });
  }

  @Post('applications/:client/remove')
  removeApplication(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('client') client: string) {
    return this.#change(request, reply, async (session) => {
      const { accountId } = session;
      const answer = await this.apis.call({ account: session, scope: 'consent:write', method: 'DELETE', path: `/api/consent/v1/authorizations/${encodeURIComponent(client)}` });
      if (answer.status >= 400) return 'stale';
      await this.provider.revokeClient(accountId, client, 'withdrawn');
      return answer.notYet ? 'removed-later' : 'removed';
    });
  }

  @Post('sessions/:uid/end')
  endSession(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('uid') uid: string) {
    return this.#change(request, reply, async ({ accountId }) => {
      await this.provider.endSession(accountId, uid, 'elsewhere');
      return 'ended';
    });
  }

  @Post('sessions/end-others')
  endOthers(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.#change(request, reply, (session) => this.others.of(session));
  }

  @Post('sign-out')
  signOut(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.#signedIn(request, reply, '/account', async (session) => {
      if (!this.edge.isOurs(request, session)) return this.edge.redirect(reply, '/account?notice=stale');
      await this.provider.endSession(session.accountId, session.uid, 'sign_out');
      return this.edge.redirect(reply, '/account/signed-out');
    });
  }

  @Get('password')
  passwordPage(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.#fresh(request, reply, (session) => this.#password(request, reply, session));
  }

  @Post('password')
  password(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.#fresh(request, reply, async (session) => {
      if (!this.edge.isOurs(request, session)) return this.#password(request, reply, session, { problem: text('form.stale'), status: 403 });
      const outcome = await this.newPassword.set({ accountId: session.accountId, password: field(request, 'password'), session });
      if ('wrong' in outcome) return this.#password(request, reply, session, { error: outcome.wrong, status: 422 });
      return this.edge.redirect(reply, `/account?notice=${outcome.inForce ? 'password' : 'password-later'}`);
    });
  }

  async #overview(request: FastifyRequest, reply: FastifyReply, session: BrowserSession, key?: Notice, typed?: Readonly<{ firstName: string; lastName: string }>) {
    const [overview, sessions] = await Promise.all([this.overview.of(session.accountId), this.provider.sessions(session.accountId)]);
    const notice = key && { kind: kindOf(key), words: text(`account.notice.${key}`) };
    const page = AccountPage({ brand: this.edge.brand, token: this.edge.token(request, reply, session), overview, sessions, here: session.uid, notice, typed });
    return this.edge.send(request, reply, page, { status: typed ? 422 : 200 });
  }

  async #password(request: FastifyRequest, reply: FastifyReply, session: BrowserSession, { status, ...wrong }: { error?: string; problem?: string; status?: number } = {}) {
    const email = (await this.overview.email(session.accountId)) ?? '';
    const page = ChangePasswordPage({ brand: this.edge.brand, token: this.edge.token(request, reply, session), email, minimum: this.ports.configuration.passwordMinimum, ...wrong });
    return this.edge.send(request, reply, page, { status });
  }

  /** A change of something: the form has to be of this session, and the answer is the page with a notice. */
  #change(request: FastifyRequest, reply: FastifyReply, work: (session: BrowserSession) => Promise<Notice>) {
    return this.#signedIn(request, reply, '/account', async (session) => this.edge.redirect(reply, `/account?notice=${this.edge.isOurs(request, session) ? await work(session) : 'stale'}`));
  }

  #signedIn(request: FastifyRequest, reply: FastifyReply, returnTo: ReturnTo, work: Work, maxAge?: number) {
    return this.edge.guarded(request, reply, async () => {
      const session = await this.provider.session(request.raw, reply.raw);
      const young = session && (maxAge === undefined || Date.now() - session.authenticatedAt.getTime() <= maxAge * 1_000);
      return young ? work(session) : this.edge.redirect(reply, this.signIn.begin(reply.raw, returnTo, { maxAge }));
    });
  }

  #fresh(request: FastifyRequest, reply: FastifyReply, work: Work) {
    return this.#signedIn(request, reply, '/account/password', work, FRESH);
  }

  async #applied(subscription: string, { position, notYet }: OwnAnswer, accountId: string): Promise<boolean> {
    return !notYet && (position === undefined || this.ports.waitFor(subscription, position, 2_000, accountId));
  }
}
