import { Body, Controller, Get, HttpCode, HttpStatus, Inject, Param, Post, Query } from '@nestjs/common';
import type { Position } from '@symbolon/event-sourcing';
import { After, Caller, Document, notFound, Problem, Scope, waited } from '@symbolon/web';
import type { CallerIdentity, Ports } from '@symbolon/web';
import { z } from 'zod';
import { accounts } from '../accounts.projection.js';
import type { IdentityProvider } from '../oidc/identity-provider.js';
import { Logins } from '../register/logins.js';
import { IDENTITY_PROVIDER, PORTS } from '../tokens.js';
import { AccountId, EntrySchema, FindBody, ListQuery, OneSchema, PageSchema, ReadQuery } from './account-description.js';
import { DirectoryQuery } from './directory.query.js';
import { cursorOf, placeOf } from './place.policy.js';
import { mayOpen, maySee } from './staff.policy.js';

const NO_CURSOR = { field: 'cursor', rule: 'cursor', message: 'Send the `next` of the page before, as it was.' };

/** Accounts as staff sees them. For everybody else there is nothing here. */
@Controller('api/authentication/v1/accounts')
export class AccountsController {
  constructor(
    @Inject(PORTS) private readonly ports: Pick<Ports, 'waitFor'>,
    @Inject(IDENTITY_PROVIDER) private readonly provider: Pick<IdentityProvider, 'sessions'>,
    @Inject(DirectoryQuery) private readonly directory: DirectoryQuery,
    @Inject(Logins) private readonly logins: Logins,
  ) {}

  @Get()
  @Scope('accounts:read', 'accounts:write')
  @Document({ summary: 'Accounts in the order in which they registered, page by page', answer: PageSchema, answers: { 404: 'Not for this caller' } })
  async list(@Caller() caller: CallerIdentity, @Query({ schema: ListQuery }) { limit = '50', cursor, state }: z.output<typeof ListQuery>) {
    if (!maySee(caller)) throw notFound();
    const place = cursor === undefined ? undefined : placeOf(cursor);
    if (cursor !== undefined && place === undefined) throw new Problem({ type: 'web/invalid', title: 'The request is not valid', status: 400, errors: [NO_CURSOR] });
    const { accounts: found, more } = await this.directory.page({ limit: Number(limit), open: mayOpen(caller), ...(place ? { place } : {}), ...(state ? { blocked: state === 'blocked' } : {}) });
    const last = found.at(-1);
    return { accounts: found, next: more && last ? cursorOf({ registeredAt: last.registeredAt.toISOString(), id: last.id }) : null };
  }

  /** In the body: an address in a URL would stay in logs, histories and proxies. */
  @Post('find')
  @HttpCode(HttpStatus.OK)
  @Scope('accounts:read', 'accounts:write')
  @Document({ summary: 'The account that has this address, in whatever case it is written', answer: EntrySchema, answers: { 404: 'Nobody has this address, or it is not for this caller' } })
  async find(@Caller() caller: CallerIdentity, @Body({ schema: FindBody }) { email }: z.output<typeof FindBody>) {
    if (!mayOpen(caller)) throw notFound();
    const accountId = await this.logins.find(email);
    const found = accountId === undefined ? undefined : await this.directory.one(accountId, true);
    if (!found) throw new Problem({ type: 'authentication/unknown_account', title: 'Nobody has this address', status: 404, detail: 'Check how it is written.' });
    return found;
  }

  @Get(':accountId')
  @Scope('accounts:read', 'accounts:write')
  @Document({ summary: 'One account: state, roles, sessions; whose it is, for those who may know', answer: OneSchema })
  async one(@Caller() caller: CallerIdentity, @Param('accountId', { schema: AccountId }) accountId: string, @Query({ schema: ReadQuery }) _query: object, @After() after?: Position) {
    if (!maySee(caller)) throw notFound();
    await waited(this.ports, accounts.name, after);
    const [found, sessions] = await Promise.all([this.directory.one(accountId, mayOpen(caller)), this.provider.sessions(accountId)]);
    if (!found) throw notFound();
    return { ...found, sessions: sessions.map(({ since, seenAt, clients }) => ({ since, seenAt, clients })) };
  }
}
