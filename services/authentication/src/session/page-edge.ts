import { Inject, Injectable } from '@nestjs/common';
import { Unavailable } from '@symbolon/event-sourcing';
import type { Ports } from '@symbolon/web';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { VNode } from 'preact';
import { InteractionGone } from '../oidc/identity-provider.js';
import type { BrowserSession, IdentityProvider, Interaction } from '../oidc/identity-provider.js';
import { FormTokens, sendPage } from '../page/index.js';
import type { PageOptions } from '../page/index.js';
import { Busy } from '../password/password-hashes.js';
import { GonePage, TroublePage } from '../sign-in/sign-in.page.js';
import { IDENTITY_PROVIDER, PORTS } from '../tokens.js';
import { FormAnswers } from './form-answers.js';

type OnBusy = (retryAfter: number, interaction: Interaction | undefined) => unknown;

/** What all pages share: whose visit it is, whether a form is ours, and what is shown when something is gone or away. */
@Injectable()
export class PageEdge {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(IDENTITY_PROVIDER) private readonly provider: IdentityProvider,
    @Inject(FormTokens) private readonly tokens: FormTokens,
    @Inject(FormAnswers) private readonly answers: FormAnswers,
  ) {}

  get brand() {
    return this.ports.configuration.brand;
  }

  /** Runs `work` in the interaction that this browser really has; its uid is the one in the address. */
  async visit(request: FastifyRequest, reply: FastifyReply, uid: string, work: (interaction: Interaction) => Promise<unknown>, busy?: OnBusy): Promise<unknown> {
    let interaction: Interaction | undefined;
    const open = async () => {
      interaction = await this.provider.interaction(request.raw, reply.raw);
      if (interaction.uid !== uid) throw new InteractionGone();
      return work(interaction);
    };
    return this.guarded(request, reply, open, (retryAfter) => busy?.(retryAfter, interaction));
  }

  /** Runs `work`, for a form that is sent twice once; a page says what to do when the visit is over, the hashes are busy or something of ours is away. */
  async guarded(request: FastifyRequest, reply: FastifyReply, work: () => Promise<unknown>, busy?: (retryAfter: number) => unknown): Promise<unknown> {
    try {
      return await this.answers.once(request, reply, work);
    } catch (error) {
      if (error instanceof InteractionGone) return this.gone(request, reply);
      const full = error instanceof Busy;
      if (!full && !(error instanceof Unavailable)) throw error;
      const retryAfter = full ? error.retryAfter : 2;
      if (!full) this.ports.log.warn({ error: error.message, requestId: reply.getHeader('x-request-id') }, 'a page could not be answered');
      return (full ? await busy?.(retryAfter) : undefined) ?? this.send(request, reply, TroublePage({ brand: this.brand, again: request.url.split('?')[0] ?? '/account' }), { status: 503, retryAfter });
    }
  }

  /** What was here is over, or belongs to another browser. */
  gone(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return this.send(request, reply, GonePage({ brand: this.brand }), { status: 410 });
  }

  /** What every page of a visit shows. */
  view(request: FastifyRequest, reply: FastifyReply, { uid, client }: Interaction) {
    return { brand: this.brand, token: this.token(request, reply), uid, client: client.name };
  }

  /** The form token of this browser; of the account pages, of this session. */
  token(request: FastifyRequest, reply: FastifyReply, session?: BrowserSession): string {
    return this.tokens.of(request, reply, session?.uid);
  }

  /** Whether a form came from a page of ours that was shown in this browser (and session). */
  isOurs(request: FastifyRequest, session?: BrowserSession): boolean {
    return this.tokens.accepts(request, session?.uid);
  }

  redirect(reply: FastifyReply, to: string): FastifyReply {
    return reply.header('cache-control', 'no-store').redirect(to, 303);
  }

  send(_request: FastifyRequest, reply: FastifyReply, page: VNode, { status, retryAfter, formAction }: PageOptions = {}): FastifyReply {
    return sendPage(reply, page, { status, formAction, ...(retryAfter === undefined ? {} : { retryAfter: Math.ceil(retryAfter) }) });
  }
}
