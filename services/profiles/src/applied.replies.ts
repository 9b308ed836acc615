import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { IN_PROCESS } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import { consents } from './released.projection.js';
import { PORTS } from './tokens.js';

/** Whether profiles acts on a withdrawal already: asked by consent when somebody takes one back. */
export type Applied = Readonly<{ subject: string; sequence: string }>;

const LONGEST = 2_000;

/** Answers other services' questions. */
@Controller()
export class AppliedReplies {
  constructor(@Inject(PORTS) private readonly ports: Ports) {}

  /** True once the subject's withdrawal that was published from `sequence` is in our table; false after two seconds, or when it is parked. */
  @MessagePattern('profiles.applied', IN_PROCESS)
  async applied(@Payload() { subject, sequence }: Applied): Promise<boolean> {
    return this.ports.waitFor(consents.name, sequence, LONGEST, subject);
  }
}
