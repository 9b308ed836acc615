import { Inject, Injectable } from '@nestjs/common';
import { Unavailable } from '@symbolon/event-sourcing';
import type { Position } from '@symbolon/event-sourcing';
import type { Ports } from '@symbolon/web';
import type { Interaction } from '../oidc/identity-provider.js';
import { OwnApis } from '../session/own-apis.js';
import { PORTS } from '../tokens.js';

/** What somebody allowed on the Allow page. `purposes`: the boxes that were ticked, with the version of the text that was shown. */
export type Allowed = Readonly<{ accountId: string; interaction: Interaction; purposes: readonly Readonly<{ purpose: string; textVersion: number }>[] }>;

const CONSENTS = 'authentication.consents.v1';
const AUTHORIZATIONS = 'authentication.authorizations.v1';

/** Consent owns what was allowed: it is told over its API, and the application is answered when authentication knows it too. */
@Injectable()
export class Authorize {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(OwnApis) private readonly apis: OwnApis,
  ) {}

  /** Repeating it (a second click, a second tab) changes nothing: the interaction's uid is the key. Throws `Unavailable`. */
  async allow({ accountId, interaction, purposes }: Allowed): Promise<void> {
    const { client, uid, missingScopes } = interaction;
    const post = async (path: string, body: object, key: string): Promise<Position | undefined> => {
      const answer = await this.apis.call({ account: { accountId, epoch: interaction.epoch }, scope: 'consent:write', method: 'POST', path: `/api/consent/v1/${path}`, body, key });
      if (answer.status >= 400) throw new Unavailable(`consent (${answer.status} ${String(answer.body['type'] ?? '')})`);
      return answer.position;
    };
    const granted: (Position | undefined)[] = [];
    for (const { purpose, textVersion } of purposes) granted.push(await post('consents', { purpose, textVersion, clientId: client.id }, `${uid}-${purpose}`));
    const authorized = await post('authorizations', { clientId: client.id, scopes: [...new Set([...missingScopes, ...scopesOf(interaction)])] }, uid);
    await Promise.all([this.#applied(CONSENTS, granted.findLast((position) => position !== undefined), accountId), this.#applied(AUTHORIZATIONS, authorized, accountId)]);
  }

  /** At most two seconds: then the answer goes out all the same, and claims that are not known yet are left out. */
  async #applied(subscription: string, position: Position | undefined, accountId: string): Promise<void> {
    if (position === undefined) return;
    if (!(await this.ports.waitFor(subscription, position, 2_000, accountId))) this.ports.log.warn({ subscription }, 'what was allowed is not applied yet');
  }
}

/** The scopes that the application asked for. */
export const scopesOf = ({ params }: Pick<Interaction, 'params'>): readonly string[] => (typeof params['scope'] === 'string' ? params['scope'].split(' ').filter(Boolean) : []);
