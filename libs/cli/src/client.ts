import { Command } from 'commander';
import { api } from './api.js';
import { changes, creation, descriptionOptions } from './client-options.js';
import type { Client, Described } from './client-options.js';
import { clientLines, differences, environmentLines } from './client-view.js';
import { installation } from './installation.js';
import { table } from './table.js';

const path = 'authentication/v1/clients';
/** Nobody grants more than they hold, and the operator may grant everything. */
export const GRANTING = 'clients:write profiles:read profiles:write consent:read consent:write consent:record accounts:read accounts:write clients:read purposes:write operations:write';
const clients = (scope: string) => api(installation(), scope);
const one = (id: string) => `${path}/${encodeURIComponent(id)}`;
const ONCE = '\nThe secret is shown this once.';

/** What a registration costs that is less safe than it could be. */
function warn({ warnings = [] }: Pick<Partial<Client>, 'warnings'>): void {
  for (const warning of warnings) console.error(`\nWarning: ${warning}`);
}

async function create(options: Described) {
  const installed = installation();
  const asked = creation(options);
  const made = await api(installed, GRANTING).request<Client>('POST', path, asked);
  const client = { ...made, postLogoutRedirectUris: asked['postLogoutRedirectUris'] as string[] };
  console.log(environmentLines(installed.issuer, client));
  if (client.postLogoutRedirectUris.length > 0) console.error(`\nAfter signing out, people may come back to ${client.postLogoutRedirectUris.join(' and ')}.`);
  warn(client);
  if (client.secret) console.error(`${ONCE} Keep these lines where the application reads its environment.`);
}

const hasSecret = ({ authenticationMethod }: Client): boolean => authenticationMethod.startsWith('client_secret');

async function list() {
  const { clients: all } = await clients('clients:read').request<{ clients: readonly Client[] }>('GET', path);
  console.log(table(['client id', 'name', 'party', 'authentication', 'state'], all.map((client) => [client.id, client.name, client.party, client.authenticationMethod, client.disabled ? 'disabled' : 'in use'])));
}

async function show(id: string) {
  console.log(clientLines(await clients('clients:read').request<Client>('GET', one(id))));
}

/** An application that begins to have a secret gets its first one here: nobody could know it otherwise. */
async function change(id: string, options: Described) {
  const operator = clients(GRANTING);
  const before = await operator.request<Client>('GET', one(id));
  warn(await operator.request<Partial<Client>>('PATCH', one(id), changes(before, options)));
  const after = await operator.request<Client>('GET', one(id));
  const lines = differences(before, after);
  console.log(lines.length === 0 ? `${id} was so already.` : `${id} is changed, and it is in force now:\n\n${lines.join('\n')}`);
  if (!hasSecret(before) && hasSecret(after)) await rotateSecret(id);
}

async function rotateSecret(id: string) {
  const { secret } = await clients(GRANTING).request<{ secret: string }>('POST', `${one(id)}/secret`, {});
  console.log(`OIDC_CLIENT_SECRET=${secret}`);
  console.error(`${ONCE} One from before stays good for 24 hours.`);
}

async function disable(id: string, { reason }: { reason: string }) {
  await clients('clients:write').request('POST', `${one(id)}/disable`, { reason });
  console.log(`${id} is disabled; it is in force now.`);
}

async function enable(id: string) {
  await clients('clients:write').request('POST', `${one(id)}/enable`, {});
  console.log(`${id} is in use again. People sign in anew: what was ended stays ended.`);
}

/** `symbolon client …` */
export function clientCommands(): Command {
  const client = new Command('client').description('applications that sign people in, and machines that call the APIs');
  descriptionOptions(client.command('create').description('make a client and print ready environment lines').requiredOption('--name <name>', 'as people see it')).action(create);
  client.command('list').description('all clients').action(list);
  client.command('show <client-id>').description('everything that is registered of one').action(show);
  descriptionOptions(client.command('change <client-id>').description('change what is named and what hangs together with it, and show before and after').option('--name <name>', 'as people see it')).action(change);
  client.command('rotate-secret <client-id>').description('a new secret; the old one stays good for 24 hours').action(rotateSecret);
  client.command('disable <client-id>').description('refuse it from now on').option('--reason <reason>', 'kept with the event', 'by command').action(disable);
  client.command('enable <client-id>').description('let it in again').action(enable);
  return client;
}
