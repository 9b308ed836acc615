import { Body, Controller, Delete, HttpCode, HttpStatus, Inject, Param, Post, Put, Req, Res } from '@nestjs/common';
import { answer, Caller, causeOf, CommandId, Document, notFound, now, Problem, Scope } from '@symbolon/web';
import type { CallerIdentity, CommandIdentity } from '@symbolon/web';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AccountCommand, AccountRefusal } from '../account.decider.js';
import type { SessionEnd } from '../oidc/identity-provider.js';
import { Recover } from '../recover/recover.js';
import { AccountId, BlockBody, ChangedSchema, CreateBody, CreatedSchema, MailedSchema, NothingBody, RoleName } from './account-description.js';
import type { CreateInput } from './account-description.js';
import { Administration } from './administration.js';
import { DirectoryQuery } from './directory.query.js';
import { NewAccount } from './new-account.js';
import { mayChange, mayGive } from './staff.policy.js';

const STATUS: Record<AccountRefusal, HttpStatus> = {
  'authentication/account_exists': HttpStatus.CONFLICT,
  'authentication/registration_abandoned': HttpStatus.CONFLICT,
  'authentication/unknown_account': HttpStatus.NOT_FOUND,
  'authentication/superseded': HttpStatus.CONFLICT,
  'authentication/unknown_role': HttpStatus.UNPROCESSABLE_ENTITY,
};

const NOT_YET = 'Stored, and not yet in force everywhere: it will be within seconds';
const OWN = { 409: 'authentication/own_account: somebody else has to do this' } as const;

const ownAccount = () => new Problem({ type: 'authentication/own_account', title: 'This is your own account', status: 409, detail: 'Ask another administrator: whoever locks themselves out cannot let themselves in again.' });
const blocked = () => new Problem({ type: 'authentication/account_blocked', title: 'This account is blocked', status: 409, detail: 'Unblock it first; a blocked account gets no mail.' });
const taken = () => new Problem({ type: 'authentication/account_exists', title: 'Somebody has this address', status: 409, detail: 'Find the account by its address.', errors: [{ field: 'email', rule: 'unique', message: 'Choose another address, or find this account.' }] });

type Acting = Readonly<{ caller: CallerIdentity; identity: CommandIdentity; reply: FastifyReply }>;
type Change = Readonly<{ accountId: string; command: AccountCommand; revokes?: SessionEnd }>;

/** What administrators, and machines with the scope, do to somebody's account. It is answered when it is in force. */
@Controller('api/authentication/v1/accounts')
export class AccountChangesController {
  constructor(
    @Inject(Administration) private readonly administration: Administration,
    @Inject(NewAccount) private readonly newAccount: NewAccount,
    @Inject(Recover) private readonly recover: Recover,
    @Inject(DirectoryQuery) private readonly directory: DirectoryQuery,
  ) {}

  @Post()
  @Scope('accounts:write')
  @Document({ summary: 'Creates an account: with a password nothing is mailed, without one its owner gets a link to choose one', answer: CreatedSchema, answers: { 201: 'Created', 202: NOT_YET, 404: 'Not for this caller', 409: 'authentication/account_exists', 422: 'The password or a name is not taken, or the Idempotency-Key was used for another request' }, ifMatch: false })
  async create(@Caller() caller: CallerIdentity, @Body({ schema: CreateBody }) body: CreateInput, @CommandId() identity: CommandIdentity, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    if (!mayChange(caller)) throw notFound();
    const made = await this.newAccount.make(body, identity, caller.subject ?? caller.client);
    if (made === 'taken') throw taken();
    if (made === 'abandoned') throw new Problem({ type: 'authentication/registration_abandoned', title: 'That took too long, and nothing was kept', status: 409, detail: 'Send it again with a new Idempotency-Key.' });
    const { accountId, position, seen } = made;
    const mailed = body.password === undefined && (await this.recover.forOwner({ accountId, address: body.email, ip: request.ip, once: identity.id })) === undefined;
    if (position !== undefined) reply.header('symbolon-position', position);
    if (!seen) reply.status(HttpStatus.ACCEPTED).header('retry-after', '1');
    return { id: accountId, mailed, position: position ?? null };
  }

  @Post(':accountId/block')
  @HttpCode(HttpStatus.OK)
  @Scope('accounts:write')
  @Document({ summary: 'Blocks an account: sign-ins, sessions, tokens and recoveries of it are worth nothing from then on', answer: ChangedSchema, answers: { 200: 'Stored and in force everywhere', 202: NOT_YET, ...OWN } })
  block(@Caller() caller: CallerIdentity, @Param('accountId', { schema: AccountId }) accountId: string, @Body({ schema: BlockBody }) { reason }: z.output<typeof BlockBody>, @CommandId() identity: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    if (mayChange(caller) && caller.subject === accountId) throw ownAccount();
    return this.#carry({ caller, identity, reply }, { accountId, command: { type: 'DisableAccount', id: identity.id, at: now(), reason }, revokes: 'disabled' });
  }

  @Post(':accountId/unblock')
  @HttpCode(HttpStatus.OK)
  @Scope('accounts:write')
  @Document({ summary: 'Lets its owner sign in again; what was ended by the block stays ended', answer: ChangedSchema, answers: { 200: 'Stored and in force everywhere', 202: NOT_YET } })
  unblock(@Caller() caller: CallerIdentity, @Param('accountId', { schema: AccountId }) accountId: string, @Body({ schema: NothingBody }) _body: object | undefined, @CommandId() identity: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.#carry({ caller, identity, reply }, { accountId, command: { type: 'EnableAccount', id: identity.id, at: now() } });
  }

  @Post(':accountId/sessions/end')
  @HttpCode(HttpStatus.OK)
  @Scope('accounts:write')
  @Document({ summary: 'Ends all sessions, and takes away every token and known browser; the password stays', answer: ChangedSchema, answers: { 200: 'Stored and in force everywhere', 202: NOT_YET } })
  endSessions(@Caller() caller: CallerIdentity, @Param('accountId', { schema: AccountId }) accountId: string, @Body({ schema: NothingBody }) _body: object | undefined, @CommandId() identity: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.#carry({ caller, identity, reply }, { accountId, command: { type: 'RevokeAccess', id: identity.id, at: now() }, revokes: 'administration' });
  }

  /** Counted like the page of the forgotten password: staff cannot fill somebody's inbox either. */
  @Post(':accountId/recovery')
  @HttpCode(HttpStatus.OK)
  @Scope('accounts:write')
  @Document({ summary: 'Mails the owner a link to choose a new password, good for an hour', answer: MailedSchema, answers: { 409: 'authentication/account_blocked', 429: 'authentication/too_many_mails: as many as an address gets in an hour' }, ifMatch: false })
  async recovery(@Caller() caller: CallerIdentity, @Param('accountId', { schema: AccountId }) accountId: string, @Body({ schema: NothingBody }) _body: object | undefined, @CommandId() identity: CommandIdentity, @Req() request: FastifyRequest) {
    const found = mayChange(caller) ? await this.directory.one(accountId, true) : undefined;
    if (!found?.email) throw notFound();
    if (found.state === 'blocked') throw blocked();
    const wait = await this.recover.forOwner({ accountId, address: found.email, ip: request.ip, once: identity.id });
    if (wait !== undefined) throw new Problem({ type: 'authentication/too_many_mails', title: 'Enough mails went to this address', status: 429, detail: 'Look into the inbox with its owner, or wait as Retry-After says.', retryAfter: wait });
    return { mailed: true };
  }

  @Put(':accountId/roles/:role')
  @Scope('accounts:write')
  @Document({ summary: 'Gives a role; nobody gives more than they hold', answer: ChangedSchema, answers: { 200: 'Stored and in force everywhere', 202: NOT_YET, 403: 'The token lacks the scope, or authentication/more_than_held' } })
  assign(@Caller() caller: CallerIdentity, @Param('accountId', { schema: AccountId }) accountId: string, @Param('role', { schema: RoleName }) role: z.output<typeof RoleName>, @CommandId() identity: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    this.#held(caller, role);
    return this.#carry({ caller, identity, reply }, { accountId, command: { type: 'AssignRole', id: identity.id, at: now(), role } });
  }

  /** Tokens carry roles, so that all access of the account is revoked with one. */
  @Delete(':accountId/roles/:role')
  @Scope('accounts:write')
  @Document({ summary: 'Takes a role away, and ends all sessions and tokens of the account with it', answer: ChangedSchema, answers: { 200: 'Stored and in force everywhere', 202: NOT_YET, 403: 'The token lacks the scope, or authentication/more_than_held', ...OWN } })
  remove(@Caller() caller: CallerIdentity, @Param('accountId', { schema: AccountId }) accountId: string, @Param('role', { schema: RoleName }) role: z.output<typeof RoleName>, @CommandId() identity: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    this.#held(caller, role);
    if (role === 'admin' && caller.subject === accountId) throw ownAccount();
    return this.#carry({ caller, identity, reply }, { accountId, command: { type: 'RemoveRole', id: identity.id, at: now(), role }, revokes: 'administration' });
  }

  #held(caller: CallerIdentity, role: string): void {
    if (!mayChange(caller)) throw notFound();
    if (!mayGive(caller, role)) throw new Problem({ type: 'authentication/more_than_held', title: 'Nobody gives more than they hold', status: 403, detail: `Your token lacks a scope of the role ${role}.` });
  }

  async #carry({ caller, identity, reply }: Acting, change: Change) {
    if (!mayChange(caller)) throw notFound();
    const { outcome, inForce } = await this.administration.carry({ ...change, cause: causeOf(caller, identity, change.accountId) });
    const done = answer(outcome, STATUS, reply);
    if (!inForce) reply.status(HttpStatus.ACCEPTED).header('retry-after', '1');
    return { ...done, inForce };
  }
}
