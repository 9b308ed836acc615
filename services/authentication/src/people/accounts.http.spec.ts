import { describe, expect, it } from '@jest/globals';
import type { CallerIdentity } from '@symbolon/web';
import { apiScopes } from '../oidc/api-scopes.policy.js';
import { AccountChangesController } from './account-changes.http.js';
import { AccountsController } from './accounts.http.js';

const id = '5b6f0c1e-0000-4000-8000-000000000001';
/** Every scope, and no role: what a token would look like that somebody got by a mistake elsewhere. */
const customer: CallerIdentity = { subject: '5b6f0c1e-0000-4000-8000-000000000002', client: 'shop', scopes: new Set(apiScopes), roles: [], restsOn: {} };
const identity = { id, correlation: 'c' };
const untouched = undefined as never;
const reply = { status: () => reply, header: () => reply } as never;

const accounts = new AccountsController(untouched, untouched, untouched, untouched);
const changes = new AccountChangesController(untouched, untouched, untouched, untouched);
const person = { email: 'ann@example.com', firstName: 'Ann', lastName: 'Arbor', locale: 'en' };

describe('without a role there is nothing, whatever scopes the token has', () => {
  it.each<[string, () => unknown]>([
    ['list', () => accounts.list(customer, {})],
    ['find', () => accounts.find(customer, { email: 'ann@example.com' })],
    ['one', () => accounts.one(customer, id, {})],
    ['one, their own', () => accounts.one(customer, customer.subject!, {})],
    ['create', () => changes.create(customer, person, identity, untouched, reply)],
    ['block', () => changes.block(customer, id, { reason: 'x' }, identity, reply)],
    ['block their own', () => changes.block(customer, customer.subject!, { reason: 'x' }, identity, reply)],
    ['unblock', () => changes.unblock(customer, id, undefined, identity, reply)],
    ['end sessions', () => changes.endSessions(customer, id, undefined, identity, reply)],
    ['recovery', () => changes.recovery(customer, id, undefined, identity, untouched)],
    ['assign', () => changes.assign(customer, id, 'support', identity, reply)],
    ['remove', () => changes.remove(customer, id, 'support', identity, reply)],
  ])('abuse 97: %s is not found', async (_name, call) => {
    await expect((async () => call())()).rejects.toMatchObject({ details: { status: 404, type: 'web/not_found' } });
  });
});
