import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import type { ConsentPublicEvent } from '@symbolon/events';
import { IN_PROCESS } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import { authorizations, consents } from './released.projection.js';
import { PORTS } from './tokens.js';

/** Whether authentication acts on an event already: asked by consent when somebody withdraws. */
export type Applied = Readonly<{ type: ConsentPublicEvent['type']; subject: string; sequence: string }>;

/** Which follower acts on which withdrawal. */
const FOLLOWERS: Partial<Record<ConsentPublicEvent['type'], string>> = { ConsentWithdrawn: consents.name, ClientAuthorizationWithdrawn: authorizations.name };
const LONGEST = 2_000;

/** Answers other services' questions. */
@Controller()
export class AppliedReplies {
  constructor(@Inject(PORTS) private readonly ports: Ports) {}

  /** True once the follower has handled the subject's event that was published from `sequence`; false after two seconds, or when it is parked. */
  @MessagePattern('authentication.applied', IN_PROCESS)
  async applied(@Payload() { type, subject, sequence }: Applied): Promise<boolean> {
    const follower = FOLLOWERS[type];
    return follower !== undefined && this.ports.waitFor(follower, sequence, LONGEST, subject);
  }
}
