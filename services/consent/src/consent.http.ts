import { Body, Controller, Delete, Get, HttpStatus, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { CommandHandler, Position } from '@symbolon/event-sourcing';
import { After, answer, AnswerSchema, Caller, causeOf, CommandId, Document, now, Scope, waited } from '@symbolon/web';
import type { CallerIdentity, CommandIdentity, Ports } from '@symbolon/web';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { StatusesSchema, WithdrawnSchema } from './answers.js';
import { consents } from './consent.decider.js';
import type { ConsentCommand, ConsentRefusal } from './consent.decider.js';
import { inForce } from './in-force.js';
import { statuses } from './statuses.projection.js';
import { statusesOf } from './statuses.query.js';
import { subjectOf } from './subject.js';
import { PORTS } from './tokens.js';

const STATUS: Record<ConsentRefusal, HttpStatus> = { 'consent/older_policy': HttpStatus.CONFLICT, 'consent/not_granted': HttpStatus.CONFLICT, 'consent/not_authorized': HttpStatus.CONFLICT };
export const word = z.string().regex(/^[a-z][a-z0-9_-]{0,49}$/, 'Send a word of lower-case letters, digits, - and _.');
const GrantBody = z.strictObject({ purpose: word, textVersion: z.int().min(1), clientId: z.string().max(100).default('') });
export const SubjectQuery = z.strictObject({ subject: z.uuid().optional(), after: z.string().optional() });
type Asked = z.output<typeof SubjectQuery>;

/** What people agree to. */
@Controller('api/consent/v1/consents')
export class ConsentController {
  readonly #consents: CommandHandler<ConsentCommand, ConsentRefusal>;

  constructor(@Inject(PORTS) private readonly ports: Ports) {
    this.#consents = ports.handler(consents);
  }

  @Get()
  @Scope('consent:read', 'consent:write')
  @Document({ summary: 'Every purpose in force, and whether this person agreed to its text', answer: StatusesSchema, answers: { 404: 'Somebody else’s, for whom they are not' } })
  async list(@Caller() caller: CallerIdentity, @Query({ schema: SubjectQuery }) asked: Asked, @After() after?: Position) {
    const subject = subjectOf(caller, asked.subject, 'privacy', 'auditor', 'support');
    await waited(this.ports, statuses.name, after);
    return { consents: await statusesOf(this.ports.database, subject) };
  }

  @Post()
  @Scope('consent:write')
  @Document({ summary: 'Grants a purpose at a version of its text', answer: AnswerSchema, answers: { 201: 'Granted', 404: 'Somebody else’s, for whom they are not', 409: 'consent/older_policy' } })
  async grant(@Caller() caller: CallerIdentity, @Query({ schema: SubjectQuery }) asked: Asked, @Body({ schema: GrantBody }) body: z.output<typeof GrantBody>, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    const subject = subjectOf(caller, asked.subject, 'privacy');
    return answer(await this.#consents.handle(`consent-${subject}`, { ...body, type: 'GrantConsent', id: command.id, at: now() }, causeOf(caller, command, subject)), STATUS, reply);
  }

  @Delete(':purpose')
  @Scope('consent:write')
  @Document({ summary: 'Withdraws a purpose', answer: WithdrawnSchema, answers: { 200: 'Withdrawn and in force: no application is told any more', 202: 'Withdrawn, not yet in force everywhere', 409: 'consent/not_granted' } })
  async withdraw(@Caller() caller: CallerIdentity, @Query({ schema: SubjectQuery }) asked: Asked, @Param('purpose', { schema: word }) purpose: string, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    const subject = subjectOf(caller, asked.subject, 'privacy');
    const done = answer(await this.#consents.handle(`consent-${subject}`, { type: 'WithdrawConsent', id: command.id, at: now(), purpose }, causeOf(caller, command, subject)), STATUS, reply);
    const effective = await inForce(this.ports, { type: 'ConsentWithdrawn', subject, sequence: done.position });
    reply.status(effective ? HttpStatus.OK : HttpStatus.ACCEPTED);
    return { ...done, inForce: effective };
  }
}
