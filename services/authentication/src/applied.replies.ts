import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { topics } from '@symbolon/events';
import { IN_PROCESS } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import { authorizations, claims, consents } from './released.projection.js';
import { PORTS } from './tokens.js';

/** Whether authentication acts on an event already: asked by consent when somebody withdraws. */
export type Applied = Readonly<{ topic: string; subject: string; sequence: string }>;

const FOLLOWERS: Readonly<Record<string, readonly string[]>> = { [topics.consent]: [consents.name, authorizations.name], [topics.profiles]: [claims.name] };
const LONGEST = 2_000;

/** Answers other services' questions. */
@Controller()
export class AppliedReplies {
  constructor(@Inject(PORTS) private readonly ports: Ports) {}

  /** True once every follower of the topic has handled the subject's event that was published from `sequence`; false after two seconds, or when it is parked. */
  @MessagePattern('authentication.applied', IN_PROCESS)
  async applied(@Payload() { topic, subject, sequence }: Applied): Promise<boolean> {
    const followers = FOLLOWERS[topic] ?? [];
    const reached = await Promise.all(followers.map((follower) => this.ports.waitFor(follower, sequence, LONGEST, subject)));
    return followers.length > 0 && reached.every(Boolean);
  }
}
