import { Body, Controller, Delete, Get, HttpStatus, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { CommandHandler, Position } from '@symbolon/event-sourcing';
import { After, answer, AnswerSchema, Caller, causeOf, CommandId, Document, now, Scope, waited } from '@symbolon/web';
import type { CallerIdentity, CommandIdentity, Ports } from '@symbolon/web';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { AuthorizationsSchema, WithdrawnSchema } from './answers.js';
import { authorizations } from './authorizations.projection.js';
import { consents } from './consent.decider.js';
import type { ConsentCommand, ConsentRefusal } from './consent.decider.js';
import { SubjectQuery } from './consent.http.js';
import { clientNow } from './known.js';
import { authorizingFault } from './giving.policy.js';
import { inForce } from './in-force.js';
import { explain, givingProblem, STATUS } from './refusals.js';
import { authorizationsOf } from './statuses.query.js';
import { subjectOf } from './subject.js';
import { PORTS } from './tokens.js';

const clientId = z.string().regex(/^[\w-]{1,100}$/, 'Send the id of an application.');
const scopes = z.array(z.string().max(100).regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/, 'Send scopes as RFC 6749 section 3.3 has them: no spaces, quotes and backslashes.')).max(50);
const ResourceBody = z.strictObject({ resource: z.url().max(500), scopes: scopes.min(1) });
const AuthorizeBody = z.strictObject({ clientId, scopes: scopes.default([]), resources: z.array(ResourceBody).max(20).default([]) }).refine((body) => body.scopes.length + body.resources.length > 0, 'Name at least one scope.');
type Asked = z.output<typeof SubjectQuery>;

/** What people allow applications for good. */
@Controller('api/consent/v1/authorizations')
export class AuthorizationController {
  readonly #consents: CommandHandler<ConsentCommand, ConsentRefusal>;

  constructor(@Inject(PORTS) private readonly ports: Ports) {
    this.#consents = ports.handler(consents);
  }

  @Get()
  @Scope('consent:read', 'consent:write')
  @Document({ summary: 'What this person allowed applications', answer: AuthorizationsSchema, answers: { 404: 'Somebody else’s, for whom they are not' } })
  async list(@Caller() caller: CallerIdentity, @Query({ schema: SubjectQuery }) asked: Asked, @After() after?: Position) {
    const subject = subjectOf(caller, asked.subject, 'privacy', 'auditor', 'support');
    await waited(this.ports, authorizations.name, after);
    return { authorizations: await authorizationsOf(this.ports.database, subject) };
  }

  @Post()
  @Scope('consent:record')
  @Document({ summary: 'Allows an application scopes, each at one resource. Our own pages alone do: nobody lets themselves in', answer: AnswerSchema, answers: { 201: 'Allowed', 403: 'consent/our_pages_only', 422: 'consent/unknown_client' } })
  async authorize(@Caller() caller: CallerIdentity, @Query({ schema: SubjectQuery }) asked: Asked, @Body({ schema: AuthorizeBody }) body: z.output<typeof AuthorizeBody>, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    const fault = authorizingFault(caller.client);
    if (fault) throw givingProblem(fault);
    const subject = subjectOf(caller, asked.subject);
    const allow = { ...body, type: 'AuthorizeClient', id: command.id, at: now(), clientNow: await clientNow(this.ports, body.clientId) } as const;
    return answer(await this.#consents.handle(`consent-${subject}`, allow, causeOf(caller, command, subject)), STATUS, reply, explain);
  }

  @Delete(':clientId')
  @Scope('consent:write')
  @Document({ summary: 'Takes back what an application was allowed', answer: WithdrawnSchema, answers: { 200: 'Taken back and in force', 202: 'Taken back, not yet in force everywhere', 409: 'consent/not_authorized' } })
  async withdraw(@Caller() caller: CallerIdentity, @Query({ schema: SubjectQuery }) asked: Asked, @Param('clientId', { schema: clientId }) client: string, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    const subject = subjectOf(caller, asked.subject, 'privacy');
    const done = answer(await this.#consents.handle(`consent-${subject}`, { type: 'WithdrawClientAuthorization', id: command.id, at: now(), clientId: client }, causeOf(caller, command, subject)), STATUS, reply, explain);
    const effective = await inForce(this.ports, { type: 'ClientAuthorizationWithdrawn', subject, sequence: done.position, client });
    reply.status(effective ? HttpStatus.OK : HttpStatus.ACCEPTED);
    return { ...done, inForce: effective };
  }
}
