import { Body, Controller, Get, HttpStatus, Inject, Param, Patch, Put, Query, Res } from '@nestjs/common';
import type { CommandHandler, Position } from '@symbolon/event-sourcing';
import { After, answer, AnswerSchema, Caller, causeOf, CommandId, Document, mayActFor, notFound, now, Scope, waited } from '@symbolon/web';
import type { CallerIdentity, CommandIdentity, Ports } from '@symbolon/web';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { attributeNames, valueFault } from './attributes.policy.js';
import type { AttributeName } from './attributes.policy.js';
import { attributes } from './attributes.projection.js';
import { profile } from './profile.decider.js';
import type { Changes, ProfileCommand, ProfileRefusal } from './profile.decider.js';
import { profilesThere } from './profiles.projection.js';
import { profileOf } from './profile.query.js';
import { toldTo } from './released.query.js';
import { PORTS } from './tokens.js';

const STATUS: Record<ProfileRefusal, HttpStatus> = { 'profiles/unknown_profile': HttpStatus.NOT_FOUND, 'profiles/not_writable': HttpStatus.FORBIDDEN };
const explain = (refused: ProfileRefusal): string | undefined => (refused === 'profiles/not_writable' ? 'One of these attributes is not yours to write; nothing was changed. The profile says who may write each.' : undefined);

const Subject = z.uuid().or(z.literal('me'));
const valueOf = (name: AttributeName) =>
  z.string().max(400).superRefine((value, context) => {
    const fault = valueFault(name, value, now().slice(0, 10));
    if (fault) context.addIssue({ code: 'custom', message: fault });
  });
const ChangeBody = z.strictObject({ attributes: z.strictObject(Object.fromEntries(attributeNames.map((name) => [name, valueOf(name).nullable().optional()]))).refine((changes) => Object.keys(changes).length > 0, 'Name at least one attribute.') });
const RightBody = z.strictObject({ writableBy: z.enum(['customer', 'organisation', 'nobody']) });
const ProfileSchema = z
  .object({ subject: z.uuid(), attributes: z.array(z.object({ name: z.string(), value: z.string().nullable(), setBy: z.string().nullable(), verified: z.string().nullable(), since: z.iso.datetime().nullable(), writableBy: z.string() })) })
  .describe('Every attribute there is; `value` null: there is none');
const ReadQuery = z.strictObject({ after: z.string().optional() });

/** One's own profile, and for staff with the role, somebody else's. */
@Controller('api/profiles/v1/profiles')
export class ProfileController {
  readonly #profiles: CommandHandler<ProfileCommand, ProfileRefusal>;

  constructor(@Inject(PORTS) private readonly ports: Ports) {
    this.#profiles = ports.handler(profile);
  }

  @Get(':subject')
  @Scope('profiles:read', 'profiles:write')
  @Document({ summary: 'A profile: each attribute that a live purpose of the application covers (all of them, on our own pages and for staff), who set it, when, how it was verified and who may write it', answer: ProfileSchema })
  async read(@Caller() caller: CallerIdentity, @Param('subject', { schema: Subject }) asked: string, @Query({ schema: ReadQuery }) _query: object, @After() after?: Position) {
    const subject = subjectOf(caller, asked, 'support', 'privacy', 'auditor');
    for (const { name } of [attributes, profilesThere]) await waited(this.ports, name, after);
    const found = await profileOf(this.ports, subject, await toldTo(this.ports.database, caller, subject));
    if (!found) throw notFound();
    return { subject, attributes: found };
  }

  @Patch(':subject')
  @Scope('profiles:write')
  @Document({ summary: 'Changes attributes: a value, or null to clear it. All of them or none', answer: AnswerSchema, answers: { 403: 'profiles/not_writable, or the token lacks the scope' } })
  async change(@Caller() caller: CallerIdentity, @Param('subject', { schema: Subject }) asked: string, @Body({ schema: ChangeBody }) body: z.output<typeof ChangeBody>, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    const subject = subjectOf(caller, asked, 'privacy');
    const by = caller.subject === subject ? 'customer' : 'organisation';
    const outcome = await this.#profiles.handle(`profile-${subject}`, { type: 'ChangeAttributes', id: command.id, at: now(), by, changes: body.attributes as Changes }, causeOf(caller, command, subject));
    return answer(outcome, STATUS, reply, explain);
  }

  @Put(':subject/rights/:name')
  @Scope('profiles:write')
  @Document({ summary: 'Decides who may write an attribute of this person: customer, organisation or nobody. Not the person themselves', answer: AnswerSchema })
  async right(@Caller() caller: CallerIdentity, @Param('subject', { schema: z.uuid() }) subject: string, @Param('name', { schema: z.enum(attributeNames as [AttributeName, ...AttributeName[]]) }) name: AttributeName, @Body({ schema: RightBody }) { writableBy }: z.output<typeof RightBody>, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    if (caller.subject !== undefined && !caller.roles.includes('admin')) throw notFound();
    return answer(await this.#profiles.handle(`profile-${subject}`, { type: 'ChangeRight', id: command.id, at: now(), name, writableBy }, causeOf(caller, command, subject)), STATUS, reply);
  }
}

function subjectOf(caller: CallerIdentity, asked: string, ...roles: readonly string[]): string {
  const subject = asked === 'me' ? caller.subject : asked;
  if (subject === undefined || !mayActFor(caller, subject, ...roles)) throw notFound();
  return subject;
}
