import { Command } from 'commander';
import { api } from './api.js';
import { Failure } from './failure.js';
import { installation } from './installation.js';
import { table } from './table.js';

/** A client as the API answers it. */
type Client = Readonly<{ id: string; name: string; party: string; authenticationMethod: string; redirectUris: readonly string[]; disabled?: boolean; secret?: string }>;

type Described = Readonly<{ name?: string; redirectUri?: string[]; postLogoutRedirectUri?: string[]; purpose?: string[]; firstParty?: boolean; public?: boolean; machine?: boolean; staff?: boolean; scope?: string[]; resource?: string[]; profile?: string }>;

const path = 'authentication/v1/clients';
/** Nobody grants more than they hold, and the operator may grant everything. */
const GRANTING = 'clients:write profiles:read profiles:write consent:read consent:write consent:record accounts:read accounts:write clients:read purposes:write operations:write';
const collect = (value: string, before: string[] | undefined) => [...(before ?? []), value];
const clients = (scope: string) => api(installation(), scope);
const one = (id: string) => `${path}/${encodeURIComponent(id)}`;

/** What the options say about a client; fields that were not named are left out. */
function described(options: Described): Record<string, unknown> {
  const fields = {
    name: options.name,
    redirectUris: options.redirectUri,
    postLogoutRedirectUris: options.postLogoutRedirectUri,
    purposes: options.purpose,
    scopes: options.scope,
    resources: options.resource,
    party: options.firstParty === undefined ? undefined : options.firstParty ? 'first' : 'third',
    staff: options.staff,
    profile: options.profile,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** What the API is asked to make. */
export function creation(options: Described): Record<string, unknown> {
  const redirectUris = options.redirectUri ?? [];
  if (redirectUris.length === 0 && !options.machine)
    throw new Failure('Nobody could come back to this application: name its address with --redirect-uri https://shop.example.com/callback, or say --machine when no person signs in.');
  const wrong = redirectUris.find((uri) => !URL.canParse(uri));
  if (wrong !== undefined) throw new Failure(`${wrong} is no address. Write it in full, for example --redirect-uri https://shop.example.com/callback.`);
  return {
    postLogoutRedirectUris: redirectUris.map((uri) => `${new URL(uri).origin}/`),
    purposes: options.machine ? [] : ['account', 'profile'],
    scopes: options.machine ? [] : ['openid', 'email', 'profile'],
    party: 'third',
    ...described(options),
    redirectUris,
    authenticationMethod: options.public ? 'none' : options.profile === 'fapi2' ? 'private_key_jwt' : 'client_secret_basic',
    grantTypes: options.machine ? ['client_credentials'] : ['authorization_code', 'refresh_token'],
  };
}

/** Lines that an application can take as its environment. */
export function environmentLines(issuer: string, client: Client): string {
  const [redirectUri] = client.redirectUris;
  return [
    `OIDC_ISSUER=${issuer}`,
    `OIDC_CLIENT_ID=${client.id}`,
    ...(client.secret ? [`OIDC_CLIENT_SECRET=${client.secret}`] : []),
    ...(redirectUri ? [`OIDC_REDIRECT_URI=${redirectUri}`] : []),
  ].join('\n');
}

async function create(options: Described) {
  const installed = installation();
  const client = await api(installed, GRANTING).request<Client>('POST', path, creation(options));
  console.log(environmentLines(installed.issuer, client));
  if (client.secret) console.error('\nThe secret is shown this once. Keep these lines where the application reads its environment.');
}

async function list() {
  const { clients: all } = await clients('clients:read').request<{ clients: readonly Client[] }>('GET', path);
  console.log(table(['client id', 'name', 'party', 'authentication', 'state'], all.map((client) => [client.id, client.name, client.party, client.authenticationMethod, client.disabled ? 'disabled' : 'in use'])));
}

async function change(id: string, options: Described) {
  await clients(GRANTING).request('PATCH', one(id), described(options));
  console.log(`${id} is changed; it is in force now.`);
}

async function rotateSecret(id: string) {
  const { secret } = await clients(GRANTING).request<{ secret: string }>('POST', `${one(id)}/secret`, {});
  console.log(`OIDC_CLIENT_SECRET=${secret}`);
  console.error('\nThe secret is shown this once. The old one stays good for 24 hours.');
}

async function disable(id: string, { reason }: { reason: string }) {
  await clients('clients:write').request('POST', `${one(id)}/disable`, { reason });
  console.log(`${id} is disabled; it is in force now.`);
}

const descriptionOptions = (command: Command) =>
  command
    .option('--redirect-uri <address>', 'where people come back to, exactly; may be repeated', collect)
    .option('--post-logout-redirect-uri <address>', 'where people come back to after signing out; may be repeated', collect)
    .option('--purpose <purpose>', 'a purpose for which it asks claims; may be repeated', collect)
    .option('--resource <address>', 'an API of yours that it may get tokens for (RFC 8707); may be repeated', collect)
    .option('--scope <scope>', 'a scope that it may ask for; may be repeated', collect)
    .option('--profile <profile>', 'a security profile that it follows as a whole: fapi2 (keys, pushed requests, tokens bound to a key), or standard')
    .option('--staff', 'staff works with it: it gets staff scopes and the roles of whoever signs in');

/** `symbolon client …` */
export function clientCommands(): Command {
  const client = new Command('client').description('applications that sign people in, and machines that call the APIs');
  descriptionOptions(client.command('create').description('make a client and print ready environment lines').requiredOption('--name <name>', 'as people see it'))
    .option('--first-party', 'our own application: nobody is asked to allow it', false)
    .option('--public', 'an application that can keep no secret (browser, mobile)', false)
    .option('--machine', 'no person signs in: client credentials only', false)
    .action(create);
  client.command('list').description('all clients').action(list);
  descriptionOptions(client.command('change <client-id>').description('change what is named; the rest stays').option('--name <name>', 'as people see it')).option('--no-staff', 'take the mark of staff away').action(change);
  client.command('rotate-secret <client-id>').description('a new secret; the old one stays good for 24 hours').action(rotateSecret);
  client.command('disable <client-id>').description('refuse it from now on').option('--reason <reason>', 'kept with the event', 'by command').action(disable);
  return client;
}
