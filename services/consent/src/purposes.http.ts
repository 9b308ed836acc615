import { Body, Controller, Delete, Get, HttpStatus, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { CommandHandler, Position } from '@symbolon/event-sourcing';
import { After, answer, AnswerSchema, Caller, causeOf, CommandId, Document, multiLine, now, Scope, waited } from '@symbolon/web';
import type { CallerIdentity, CommandIdentity, Ports } from '@symbolon/web';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { PurposesSchema } from './answers.js';
import { word } from './consent.http.js';
import { purpose as decider } from './purpose.decider.js';
import type { PurposeCommand, PurposeRefusal } from './purpose.decider.js';
import { purposes } from './purposes.projection.js';
import { allPurposes } from './statuses.query.js';
import { PORTS } from './tokens.js';

const STATUS: Record<PurposeRefusal, HttpStatus> = {
  'consent/older_text': HttpStatus.CONFLICT,
  'consent/text_changed_without_version': HttpStatus.CONFLICT,
  'consent/basis_is_fixed': HttpStatus.CONFLICT,
  'consent/unknown_purpose': HttpStatus.NOT_FOUND,
  'consent/account_needs_it': HttpStatus.CONFLICT,
};
const reasonOf = (refused: PurposeRefusal): string | undefined =>
  refused === 'consent/account_needs_it' ? 'The purpose account carries the email address that identifies people to applications: without it nobody could sign in anywhere. Publish a newer text of it instead.' : undefined;
const PurposeBody = z.strictObject({
  purpose: word,
  basis: z.enum(['contract', 'consent', 'legal_obligation', 'legitimate_interest']),
  claims: z.array(z.string().regex(/^[a-z][a-z0-9_]{0,49}$/)).max(50),
  textVersion: z.int().min(1).max(1_000_000),
  title: z.string().trim().min(1).max(100),
  text: multiLine(z.string().trim().min(1).max(2_000)),
});
const ListQuery = z.strictObject({ after: z.string().optional() });

/** What data is used for. */
@Controller('api/consent/v1/purposes')
export class PurposeController {
  readonly #purposes: CommandHandler<PurposeCommand, PurposeRefusal>;

  constructor(@Inject(PORTS) private readonly ports: Ports) {
    this.#purposes = ports.handler(decider);
  }

  @Get()
  @Scope('consent:read', 'consent:write', 'consent:record', 'purposes:write')
  @Document({ summary: 'Purposes in force, with the text that people are shown', answer: PurposesSchema })
  async list(@Query({ schema: ListQuery }) _query: object, @After() after?: Position) {
    await waited(this.ports, purposes.name, after);
    return { purposes: await allPurposes(this.ports.database) };
  }

  @Post()
  @Scope('purposes:write')
  @Document({ summary: 'Publishes a purpose, or a newer text of one', answer: AnswerSchema, answers: { 201: 'Published', 409: 'consent/older_text, consent/text_changed_without_version or consent/basis_is_fixed' } })
  async publish(@Caller() caller: CallerIdentity, @Body({ schema: PurposeBody }) body: z.output<typeof PurposeBody>, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    return answer(await this.#purposes.handle(`purpose-${body.purpose}`, { type: 'PublishPurpose', id: command.id, at: now(), purpose: body }, causeOf(caller, command)), STATUS, reply);
  }

  @Delete(':purpose')
  @Scope('purposes:write')
  @Document({ summary: 'Retires a purpose: nothing rests on it any more', answer: AnswerSchema, answers: { 409: 'consent/account_needs_it' } })
  async retire(@Caller() caller: CallerIdentity, @Param('purpose', { schema: word }) purpose: string, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    return answer(await this.#purposes.handle(`purpose-${purpose}`, { type: 'RetirePurpose', id: command.id, at: now() }, causeOf(caller, command)), STATUS, reply, reasonOf);
  }
}
