import { Body, Controller, Delete, Get, HttpStatus, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { CommandHandler, Position } from '@symbolon/event-sourcing';
import { After, answer, AnswerSchema, Caller, causeOf, CommandId, Document, notFound, now, Scope, waited } from '@symbolon/web';
import type { CallerIdentity, CommandIdentity, Ports } from '@symbolon/web';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { StatusesSchema, WithdrawnSchema } from './answers.js';
import { consents } from './consent.decider.js';
import type { ConsentCommand, ConsentRefusal } from './consent.decider.js';
import { isOurPages, recordingFault } from './giving.policy.js';
import type { ConsentEvent } from './events.gen.js';
import { inForce } from './in-force.js';
import { clientNow, isAccount } from './known.js';
import { purposeNow } from './purpose-now.js';
import { explain, givingProblem, STATUS } from './refusals.js';
import { statuses } from './statuses.projection.js';
import { statusesOf } from './statuses.query.js';
import { subjectOf } from './subject.js';
import { PORTS } from './tokens.js';

export const word = z.string().regex(/^[a-z][a-z0-9_-]{0,49}$/, 'Send a word of lower-case letters, digits, - and _.');
const textVersion = z.int().min(1).max(1_000_000);
const clientId = z.string().regex(/^[\w-]{0,100}$/, 'Send the id of an application, or leave it out.').default('');

/** Neither a query nor a fragment: what people do at a page is not kept with the proof of what it showed. */
const page = z.string().max(300).regex(/^(https:\/\/[\w.:-]+)?\/[\w./-]*$/, 'Send the address of the page without query and fragment, for example https://shop.example/profile.');
const Proof = z.strictObject({
  language: z.string().regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/, 'Send a language tag (BCP 47), for example de-CH.'),
  shownAt: z.iso.datetime({ offset: true }).refine((at) => Date.parse(at) <= Date.parse(now()) + SKEW, 'Send when the text was shown; that is not in the future.').optional(),
  where: page,
});
const GrantBody = z.strictObject({ purpose: word, textVersion, clientId, proof: Proof.optional() });
const DeclineBody = z.strictObject({ textVersion, clientId });
/** How far clocks may differ, in milliseconds. */
const SKEW = 60_000;
export const SubjectQuery = z.strictObject({ subject: z.uuid().optional(), after: z.string().optional() });
type Asked = z.output<typeof SubjectQuery>;

/** What people agree to. */
@Controller('api/consent/v1/consents')
export class ConsentController {
  readonly #consents: CommandHandler<ConsentCommand, ConsentRefusal>;

  constructor(@Inject(PORTS) private readonly ports: Ports<ConsentEvent>) {
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
  @Scope('consent:record')
  @Document({ summary: 'Grants a purpose at the version of its text that was shown. Our own pages do, and applications of ours that may record it, with a proof', answer: AnswerSchema, answers: { 201: 'Granted', 409: 'consent/older_policy', 422: 'consent/unknown_version' } })
  async grant(@Caller() caller: CallerIdentity, @Query({ schema: SubjectQuery }) asked: Asked, @Body({ schema: GrantBody }) body: z.output<typeof GrantBody>, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    const { proof, ...consent } = body;
    const fault = recordingFault({ caller: caller.client, clientId: body.clientId, proven: proof?.shownAt !== undefined });
    if (fault) throw givingProblem(fault);
    const at = now();
    const shown = { by: caller.client, language: proof?.language ?? '', at: proof?.shownAt ?? at, where: proof?.where ?? '' };
    return this.#answered(caller, command, reply, await this.#somebody(caller, asked), { ...(await this.#known(caller, consent)), type: 'GrantConsent', id: command.id, at, shown });
  }

  @Post(':purpose/decline')
  @Scope('consent:record')
  @Document({ summary: 'Keeps that the person was asked for a purpose and said "not now": they are not asked again for this text', answer: AnswerSchema, answers: { 201: 'Kept' } })
  async decline(@Caller() caller: CallerIdentity, @Query({ schema: SubjectQuery }) asked: Asked, @Param('purpose', { schema: word }) purpose: string, @Body({ schema: DeclineBody }) body: z.output<typeof DeclineBody>, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    const fault = recordingFault({ caller: caller.client, clientId: body.clientId, proven: true });
    if (fault) throw givingProblem(fault);
    return this.#answered(caller, command, reply, await this.#somebody(caller, asked), { ...(await this.#known(caller, { ...body, purpose })), type: 'DeclineConsent', id: command.id, at: now() });
  }

  @Delete(':purpose')
  @Scope('consent:write')
  @Document({ summary: 'Withdraws a purpose', answer: WithdrawnSchema, answers: { 200: 'Withdrawn and in force: no application is told any more', 202: 'Withdrawn, not yet in force everywhere', 409: 'consent/not_granted' } })
  async withdraw(@Caller() caller: CallerIdentity, @Query({ schema: SubjectQuery }) asked: Asked, @Param('purpose', { schema: word }) purpose: string, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    const subject = subjectOf(caller, asked.subject, 'privacy');
    const done = await this.#answered(caller, command, reply, subject, { type: 'WithdrawConsent', id: command.id, at: now(), purpose });
    const effective = await inForce(this.ports, { type: 'ConsentWithdrawn', subject, sequence: done.position });
    reply.status(effective ? HttpStatus.OK : HttpStatus.ACCEPTED);
    return { ...done, inForce: effective };
  }

  /** Whose answer it is; nothing is kept of somebody whom nobody knows. */
  async #somebody(caller: CallerIdentity, asked: Asked): Promise<string> {
    const subject = subjectOf(caller, asked.subject, 'privacy');
    if (subject !== caller.subject && !(await isAccount(this.ports, subject))) throw notFound();
    return subject;
  }

  /** Who asked for an answer, and what stands in force of what they asked for. */
  async #known(caller: CallerIdentity, asked: Readonly<{ purpose: string; textVersion: number; clientId: string }>) {
    const clientId = isOurPages(caller.client) ? asked.clientId : caller.client;
    const [purpose, client] = await Promise.all([purposeNow(this.ports, asked.purpose), clientId === '' ? ('registered' as const) : clientNow(this.ports, clientId)]);
    return { ...asked, clientId, purposeNow: purpose, clientNow: client };
  }

  async #answered(caller: CallerIdentity, command: CommandIdentity, reply: FastifyReply, subject: string, asked: ConsentCommand) {
    return answer(await this.#consents.handle(`consent-${subject}`, asked, causeOf(caller, command, subject)), STATUS, reply, explain);
  }
}
