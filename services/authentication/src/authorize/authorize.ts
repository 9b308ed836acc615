import { Inject, Injectable } from '@nestjs/common';
import { Unavailable } from '@symbolon/event-sourcing';
import type { Position } from '@symbolon/event-sourcing';
import type { Ports } from '@symbolon/web';
import { InteractionGone } from '../oidc/identity-provider.js';
import type { Interaction } from '../oidc/identity-provider.js';
import { LANGUAGE } from '../page/index.js';
import { OwnApis } from '../session/own-apis.js';
import type { OwnRequest } from '../session/own-apis.js';
import { PORTS } from '../tokens.js';
import type { Answers } from './ticked.policy.js';

/** What somebody answered on a page of a sign-in; `page` is its address without the visit's number. */
export type PageAnswer = Readonly<{ accountId: string; interaction: Interaction; answers: Answers; page: '/i/allow' | '/i/purposes' }>;

const CONSENTS = 'authentication.consents.v1';
const ANSWERS = 'authentication.answers.v1';
const GONE: ReadonlySet<string> = new Set(['consent/unknown_client', 'consent/disabled_client']);
const AUTHORIZATIONS = 'authentication.authorizations.v1';

/** Consent owns what was allowed: it is told over its API, and the application is answered when authentication knows it too. */
@Injectable()
export class Authorize {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(OwnApis) private readonly apis: OwnApis,
  ) {}

  /** Repeating it (a second click, a second tab) changes nothing: the interaction's uid is the key. Throws `Unavailable`. */
  async allow(answer: PageAnswer): Promise<void> {
    const { accountId, interaction: { client, uid, asked, epoch } } = answer;
    await this.answer(answer);
    const authorized = await this.#post({ accountId, epoch }, 'authorizations', { clientId: client.id, ...asked }, uid);
    await this.#applied(AUTHORIZATIONS, authorized, accountId);
  }

  /** Yes and "not now" to purposes, each with the text that was shown. Throws `Unavailable`. */
  async answer({ accountId, interaction: { client, uid, epoch }, answers: { granted, declined }, page }: PageAnswer): Promise<void> {
    let last: Position | undefined;
    const account = { accountId, epoch };
    for (const { purpose, textVersion } of granted) last = (await this.#post(account, 'consents', { purpose, textVersion, clientId: client.id, proof: { language: LANGUAGE, where: page } }, `${uid}-${purpose}`)) ?? last;
    if (granted.length > 0) await this.#applied(CONSENTS, last, accountId);
    for (const { purpose, textVersion } of declined) last = (await this.#post(account, `consents/${purpose}/decline`, { textVersion, clientId: client.id }, `${uid}-${purpose}-no`)) ?? last;
    await this.#applied(ANSWERS, last, accountId);
  }

  async #post(account: OwnRequest['account'], path: string, body: object, key: string): Promise<Position | undefined> {
    const answer = await this.apis.call({ account, scope: 'consent:record', method: 'POST', path: `/api/consent/v1/${path}`, body, key });
    // The application went while the page was open: there is nobody to go on to.
    if (GONE.has(String(answer.body['type']))) throw new InteractionGone('the application is gone');
    if (answer.status >= 400) throw new Unavailable(`consent (${answer.status} ${String(answer.body['type'] ?? '')})`);
    return answer.position;
  }

  /** At most two seconds: then the answer goes out all the same, and claims that are not known yet are left out. */
  async #applied(subscription: string, position: Position | undefined, accountId: string): Promise<void> {
    if (position === undefined) return;
    if (!(await this.ports.waitFor(subscription, position, 2_000, accountId))) this.ports.log.warn({ subscription }, 'what was allowed is not applied yet');
  }
}
