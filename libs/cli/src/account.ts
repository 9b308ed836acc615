import { randomInt } from 'node:crypto';
import { text as readAll } from 'node:stream/consumers';
import { Command } from 'commander';
import { api } from './api.js';
import type { Api } from './api.js';
import { GRANTING } from './client.js';
import { Failure } from './failure.js';
import { installation } from './installation.js';
import { table } from './table.js';

/** An account as the API shows it. */
export type Account = Readonly<{ id: string; state: string; registeredAt: string; roles: readonly string[]; epoch: number; email?: string; firstName?: string; lastName?: string; sessions?: readonly Readonly<{ since: string; seenAt: string; clients: readonly string[] }>[] }>;
type Done = Readonly<{ changed: boolean; inForce: boolean }>;
type Page = Readonly<{ accounts: readonly Account[]; next: string | null }>;

export const ACCOUNTS = 'authentication/v1/accounts';
const operator = (scope = 'accounts:read accounts:write') => api(installation(), scope);
const name = ({ firstName = '', lastName = '' }: Account) => `${firstName} ${lastName}`.trim();

/** Somebody is named by the account's id or by their address. */
async function idOf(who: string, accounts: Api): Promise<string> {
  return who.includes('@') ? (await accounts.request<Account>('POST', `${ACCOUNTS}/find`, { email: who })).id : encodeURIComponent(who);
}

/** One account, a line for each thing that is known of it. */
export function accountLines({ id, state, registeredAt, roles, email, sessions = [], ...account }: Account): string {
  const lines: (readonly [string, string])[] = [
    ['account', id], ['address', email ?? 'not for this role'], ['name', name({ id, state, registeredAt, roles, ...account }) || 'none'], ['state', state], ['roles', roles.join(' ') || 'none'], ['registered', registeredAt],
    ['sessions', sessions.length === 0 ? 'none' : sessions.map(({ since, clients }) => `since ${since} (${clients.join(' ') || 'no application'})`).join('\n            ')],
  ];
  return lines.map(([words, value]) => `${words.padEnd(10)}  ${value}`).join('\n');
}

async function list({ state, limit }: { state?: string; limit: string }) {
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1) throw new Failure(`--limit ${limit} is no number of accounts. Say how many at most, for example --limit 100.`);
  const accounts = operator('accounts:read');
  const found: Account[] = [];
  for (let next: string | null = ''; next !== null && found.length < most; ) {
    const query = new URLSearchParams({ limit: String(Math.min(100, most - found.length)), ...(state ? { state } : {}), ...(next === '' ? {} : { cursor: next }) });
    const page: Page = await accounts.request<Page>('GET', `${ACCOUNTS}?${query}`);
    found.push(...page.accounts);
    next = page.next;
    if (next !== null && found.length >= most) console.error(`There are more than ${most}: say --limit with a larger number.`);
  }
  console.log(table(['account', 'address', 'name', 'state', 'roles'], found.map((one) => [one.id, one.email ?? '', name(one), one.state, one.roles.join(' ')])));
}

async function show(who: string) {
  const accounts = operator('accounts:read');
  console.log(accountLines(await accounts.request<Account>('GET', `${ACCOUNTS}/${await idOf(who, accounts)}`)));
}

const IN_FORCE = { true: 'it is in force now.', false: 'it will be in force within seconds.' } as const;
const force = ({ inForce }: Done) => IN_FORCE[`${inForce}`];

async function block(who: string, { reason }: { reason: string }) {
  const accounts = operator();
  const done = await accounts.request<Done>('POST', `${ACCOUNTS}/${await idOf(who, accounts)}/block`, { reason });
  console.log(`The account is blocked${done.changed ? '' : ', and was so already'}; ${force(done)}`);
}

async function unblock(who: string) {
  const accounts = operator();
  const done = await accounts.request<Done>('POST', `${ACCOUNTS}/${await idOf(who, accounts)}/unblock`, {});
  console.log(`The account is not blocked${done.changed ? ' any more' : ', and was not'}; ${force(done)} What was ended by the block stays ended.`);
}

async function endSessions(who: string) {
  const accounts = operator();
  const done = await accounts.request<Done>('POST', `${ACCOUNTS}/${await idOf(who, accounts)}/sessions/end`, {});
  console.log(`All sessions and tokens are ended; ${force(done)}`);
}

async function recover(who: string) {
  const accounts = operator();
  await accounts.request('POST', `${ACCOUNTS}/${await idOf(who, accounts)}/recovery`, {});
  console.log('The owner gets a mail with a link to choose a new password. It is good for an hour.');
}

const role = (method: 'PUT' | 'DELETE') => async (who: string, which: string) => {
  const accounts = operator(GRANTING);
  const done = await accounts.request<Done>(method, `${ACCOUNTS}/${await idOf(who, accounts)}/roles/${encodeURIComponent(which)}`);
  console.log(`${method === 'PUT' ? 'The account has the role' : 'The account does not have the role'} ${which}${done.changed ? '' : ', as before'}; ${force(done)}`);
};

/** Without letters and digits that are taken for each other: 25 of 32 signs are 125 bits. */
const newPassword = (): string => Array.from({ length: 5 }, () => Array.from({ length: 5 }, () => 'abcdefghjkmnpqrstuvwxyz123456789'[randomInt(32)]).join('')).join('-');

type Creation = { email: string; firstName: string; lastName: string; newPassword?: true; passwordStdin?: true };

/** A password among the arguments would be seen by everybody on the machine, so it is drawn, read from the standard input, or chosen by the owner. */
async function create({ email, firstName, lastName, ...how }: Creation) {
  if (how.newPassword && how.passwordStdin) throw new Failure('--new-password and --password-stdin exclude each other: say one of them, or none to mail the owner a link.');
  const password = how.newPassword ? newPassword() : how.passwordStdin ? (await readAll(process.stdin)).replace(/\r?\n$/, '') : undefined;
  const { id, mailed } = await operator().request<{ id: string; mailed: boolean }>('POST', ACCOUNTS, { email, firstName, lastName, ...(password === undefined ? {} : { password }) });
  console.log(id);
  if (how.newPassword) console.log(password);
  if (password === undefined) console.error(mailed ? 'Its owner gets a mail with a link to choose a password.' : `Enough mails went to this address: symbolon account recover ${id} mails later.`);
}

/** `symbolon account …` */
export function accountCommands(): Command {
  const account = new Command('account').description('people; <who> is an account id or an address');
  account.command('list').description('in the order in which they registered').option('--state <state>', 'active or blocked').option('--limit <number>', 'how many at most', '100').action(list);
  account.command('find <address>').description('who has this address').action(show);
  account.command('show <who>').description('state, roles and sessions').action(show);
  account.command('block <who>').description('end everything and let nobody in').option('--reason <reason>', 'kept with the event', 'by command').action(block);
  account.command('unblock <who>').description('let its owner sign in again').action(unblock);
  account.command('end-sessions <who>').description('end all sessions and tokens; the password stays').action(endSessions);
  account.command('recover <who>').description('mail the owner a link to choose a new password').action(recover);
  account.command('give-role <who> <role>').description('admin, support, privacy or auditor').action(role('PUT'));
  account.command('take-role <who> <role>').description('and end all access of the account with it').action(role('DELETE'));
  account
    .command('create')
    .description('make an account and print its id; without a password its owner is mailed a link')
    .requiredOption('--email <address>', 'what its owner signs in with')
    .requiredOption('--first-name <name>', 'given name')
    .requiredOption('--last-name <name>', 'family name')
    .option('--new-password', 'draw a password and print it')
    .option('--password-stdin', 'read the password from the standard input')
    .action(create);
  return account;
}
